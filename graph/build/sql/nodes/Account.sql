WITH payees AS (SELECT account, count(DISTINCT person) AS n FROM benefit WHERE account IS NOT NULL GROUP BY account)
SELECT e.entity_id AS id, e.name AS holder,
    CASE WHEN o.employer IS NOT NULL THEN 'organisation' WHEN o.person IS NOT NULL THEN 'person' ELSE 'unknown' END AS holder_kind,
    day_of(o.opened) AS opened_day, coalesce(p.n, 0) AS n_payees
FROM entities e LEFT JOIN owner o ON o.account = e.entity_id LEFT JOIN payees p ON p.account = e.entity_id
WHERE e.kind = 'account'
