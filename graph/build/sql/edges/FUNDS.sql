-- A person who pays into an employer's account again and again: what keeps a firm without business alive.
SELECT o.person AS source, f.employer AS target, count(*) AS n, sum(t.amount) AS amount,
    day_of(min(t.booked_at)) AS first_day, day_of(max(t.booked_at)) AS last_day, list(t.record_id ORDER BY t.record_id) AS records
FROM transfer t
JOIN owner o ON o.account = t.source JOIN owner f ON f.account = t.target
WHERE o.person IS NOT NULL AND f.employer IS NOT NULL
GROUP BY o.person, f.employer HAVING count(*) >= 2
