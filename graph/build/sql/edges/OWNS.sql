SELECT person AS source, account AS target, day_of(opened) AS first_day FROM owner WHERE person IS NOT NULL
