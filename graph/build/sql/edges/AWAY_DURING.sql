-- A patient who was seen elsewhere while lying in hospital: on a train or bus, vaccinated, at a counter, at a cash machine,
-- the days of arrival and discharge aside.
SELECT person AS source, clinic AS target, count(*) AS stays, sum(n) AS n, sum(amount) AS amount, day_of(min(start_date)) AS first_day,
    day_of(max(end_date)) AS last_day, list_sort(list_distinct(list_concat(list(record_id), flatten(list(records))))) AS records
FROM elsewhere GROUP BY person, clinic
