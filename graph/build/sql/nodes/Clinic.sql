WITH listed AS (SELECT clinic, min(level) AS level, max(beds) AS beds FROM institution WHERE clinic IS NOT NULL GROUP BY clinic),
visits AS (SELECT clinic, count(DISTINCT person) AS n FROM settlement WHERE clinic IS NOT NULL GROUP BY clinic)
SELECT e.entity_id AS id, e.name, e.code, l.level, l.beds,
    (e.code LIKE 'P%')::INT AS pharmacy, coalesce(v.n, 0) AS n_patients
FROM entities e LEFT JOIN listed l ON l.clinic = e.entity_id LEFT JOIN visits v ON v.clinic = e.entity_id
WHERE e.kind = 'clinic'
