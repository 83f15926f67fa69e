WITH listed AS (SELECT clinic, min(level) AS level, max(beds) AS beds FROM institution WHERE clinic IS NOT NULL GROUP BY clinic),
visits AS (SELECT clinic, count(DISTINCT person) AS n FROM settlement WHERE clinic IS NOT NULL GROUP BY clinic),
-- beds taken at once: one more on each day of admission, one less on each of discharge, which comes first on its day
moves AS (
    SELECT clinic, start_date AS d, 1 AS step FROM stay WHERE end_date > start_date
    UNION ALL SELECT clinic, end_date, -1 FROM stay WHERE end_date > start_date
),
taken AS (SELECT clinic, sum(step) OVER (PARTITION BY clinic ORDER BY d, step ROWS UNBOUNDED PRECEDING) AS n FROM moves),
peak AS (SELECT clinic, max(n) AS n FROM taken GROUP BY clinic),
stays AS (SELECT clinic, count(*) AS n FROM stay GROUP BY clinic),
away AS (SELECT clinic, count(*) AS n FROM elsewhere GROUP BY clinic),
back AS (SELECT clinic, count(*) AS n FROM again WHERE planned = 0 GROUP BY clinic),
every AS (SELECT (SELECT sum(n) FROM stays) AS stays, (SELECT sum(n) FROM away) AS away, (SELECT sum(n) FROM back) AS back)
SELECT e.entity_id AS id, e.name, e.code, l.level, l.beds,
    (e.code LIKE 'P%')::INT AS pharmacy, coalesce(v.n, 0) AS n_patients, coalesce(s.n, 0) AS n_stays, coalesce(p.n, 0) AS peak_stays,
    -- shares of the stays, over the same share of all hospitals' stays
    (coalesce(a.n, 0) / s.n) / nullif(every.away / every.stays, 0) AS away_lift,
    (coalesce(b.n, 0) / s.n) / nullif(every.back / every.stays, 0) AS readmission_lift
FROM entities e CROSS JOIN every LEFT JOIN listed l ON l.clinic = e.entity_id LEFT JOIN visits v ON v.clinic = e.entity_id
LEFT JOIN stays s ON s.clinic = e.entity_id LEFT JOIN peak p ON p.clinic = e.entity_id
LEFT JOIN away a ON a.clinic = e.entity_id LEFT JOIN back b ON b.clinic = e.entity_id
WHERE e.kind = 'clinic'
