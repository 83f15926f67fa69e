-- The telephone that benefit claims name. `n_employers` counts firms that give it as their own in the business
-- register: an agent whom many firms engage openly.
WITH used AS (
    SELECT phone, person FROM unemployment_payment WHERE phone IS NOT NULL AND person IS NOT NULL
    UNION SELECT agent_phone, person FROM maternity_payment WHERE agent_phone IS NOT NULL AND person IS NOT NULL
)
SELECT 't' || left(sha256(u.phone), 16) AS id, count(DISTINCT u.person) AS n_people, coalesce(max(f.n), 0) AS n_employers
FROM used u LEFT JOIN firm_phone f ON f.phone = u.phone GROUP BY u.phone
