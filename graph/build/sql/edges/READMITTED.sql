-- Discharged and admitted again by the same hospital within fifteen days for the same group of diseases; `planned` where
-- the disease comes back by plan: cancer, dialysis, childbirth, mental illness.
SELECT person AS source, clinic AS target, count(*) AS n, sum(amount + next_amount) AS amount, day_of(min(start_date)) AS first_day,
    day_of(max(next_start)) AS last_day, max(planned) AS planned,
    list_sort(list_distinct(list_concat(list(record_id), list(next_record)))) AS records
FROM again GROUP BY person, clinic
