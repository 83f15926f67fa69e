SELECT person AS source, clinic AS target, count(*) AS n, sum(total_amount) AS amount, sum(fund_amount) AS fund,
    count(*) FILTER (visit_type = 'inpatient') AS inpatient,
    day_of(min(settled_at)) AS first_day, day_of(max(settled_at)) AS last_day
FROM settlement WHERE person IS NOT NULL AND clinic IS NOT NULL GROUP BY person, clinic
