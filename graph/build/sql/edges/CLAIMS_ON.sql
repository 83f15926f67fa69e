SELECT person AS source, 'd' || left(sha256('claim' || device), 16) AS target, 'unemployment' AS benefit, count(*) AS n,
    day_of(min(paid_date)) AS first_day, day_of(max(paid_date)) AS last_day, list(record_id ORDER BY record_id) AS records
FROM unemployment_payment WHERE device IS NOT NULL AND person IS NOT NULL GROUP BY person, device
