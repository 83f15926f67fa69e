SELECT employer AS source, account AS target, day_of(opened) AS first_day FROM owner WHERE employer IS NOT NULL
