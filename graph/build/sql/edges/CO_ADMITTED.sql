-- Two people admitted to one hospital within three days of each other, twice or more. `far`: both come from one
-- county and the hospital lies in another, so that meeting there needs a reason. `expected`: how often their stays would meet by chance, were they spread evenly.
WITH stay AS (
    SELECT record_id, person, clinic, start_date, fund_amount AS amount
    FROM settlement WHERE visit_type = 'inpatient' AND person IS NOT NULL AND clinic IS NOT NULL
),
met AS (
    SELECT x.person AS a, y.person AS b, x.clinic, least(x.start_date, y.start_date) AS d, x.record_id AS ra, y.record_id AS rb,
        x.amount + y.amount AS amount
    FROM stay x JOIN stay y ON x.clinic = y.clinic AND x.person < y.person
        AND y.start_date BETWEEN x.start_date - 3 AND x.start_date + 3
),
pair AS (
    SELECT a, b, clinic, count(DISTINCT d) AS n, sum(amount) AS amount, min(d) AS first_d, max(d) AS last_d,
        list_sort(list_distinct(list_concat(list(ra), list(rb)))) AS records
    FROM met GROUP BY a, b, clinic HAVING count(DISTINCT d) >= 2
),
colleague AS (
    SELECT DISTINCT p.a, p.b FROM pair p JOIN spell x ON x.person = p.a JOIN spell y ON y.person = p.b AND x.employer = y.employer
),
stays AS (SELECT person, clinic, count(*) AS n FROM stay GROUP BY person, clinic),
span AS (SELECT greatest(date_diff('day', min(start_date), max(start_date)), 30) AS days FROM stay),
place AS (
    SELECT clinic, nullif(regexp_extract(min(address), '^(?:[^省]+省)?(?:[^市]+市)?([^县区市]+[县区市])', 1), '') AS county
    FROM institution WHERE clinic IS NOT NULL GROUP BY clinic
)
SELECT p.a AS source, p.b AS target, p.clinic AS part, p.n, p.amount, day_of(p.first_d) AS first_day, day_of(p.last_d) AS last_day,
    (k.a IS NOT NULL)::INT AS kin, (c.a IS NOT NULL)::INT AS colleagues, (h.community = i.community)::INT AS neighbours,
    coalesce(h.county = i.county AND h.county <> t.county, false)::INT AS far,
    round(u.n * v.n * 7.0 / span.days, 3) AS expected, p.clinic, p.records
FROM pair p
JOIN stays u ON u.person = p.a AND u.clinic = p.clinic JOIN stays v ON v.person = p.b AND v.clinic = p.clinic CROSS JOIN span
LEFT JOIN kin_pair k ON k.a = p.a AND k.b = p.b
LEFT JOIN colleague c ON c.a = p.a AND c.b = p.b
LEFT JOIN place t ON t.clinic = p.clinic
LEFT JOIN home h ON h.person = p.a LEFT JOIN home i ON i.person = p.b
