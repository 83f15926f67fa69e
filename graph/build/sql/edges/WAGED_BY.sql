SELECT person AS source, employer AS target, months AS n, uninsured, income AS amount,
    day_of(first_month) AS first_day, day_of(last_month) AS last_day, records
FROM spell_waged
