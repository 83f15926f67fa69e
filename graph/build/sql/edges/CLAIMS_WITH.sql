-- The telephone on a claim; `own` where the person gives the same number elsewhere.
WITH used AS (
    SELECT person, phone, 'unemployment' AS benefit, paid_date, record_id FROM unemployment_payment
    UNION ALL SELECT person, agent_phone, 'maternity', paid_date, record_id FROM maternity_payment
)
SELECT u.person AS source, 't' || left(sha256(u.phone), 16) AS target, u.benefit AS part, u.benefit, count(*) AS n,
    day_of(min(u.paid_date)) AS first_day, day_of(max(u.paid_date)) AS last_day,
    max((p.person IS NOT NULL)::INT) AS own, list(u.record_id ORDER BY u.record_id) AS records
FROM used u LEFT JOIN person_phone p ON p.person = u.person AND p.phone = u.phone
WHERE u.phone IS NOT NULL AND u.person IS NOT NULL GROUP BY u.person, u.phone, u.benefit
