-- Two people seen in the same weeks at three institutions or more. A meeting weighs the more the fewer were there that
-- week (`weight` sums 1 over the binary logarithm of one more than their number); weeks with more than thirty guests count
-- nothing.
WITH came AS (
    SELECT DISTINCT person, clinic, date_trunc('week', start_date) AS week FROM settlement
    WHERE person IS NOT NULL AND clinic IS NOT NULL AND start_date IS NOT NULL
),
bucket AS (SELECT clinic, week, count(*) AS guests FROM came GROUP BY clinic, week HAVING count(*) BETWEEN 2 AND 30),
guest AS (SELECT c.person, c.clinic, c.week, b.guests FROM came c JOIN bucket b USING (clinic, week)),
pair AS (
    SELECT x.person AS a, y.person AS b, count(DISTINCT x.clinic) AS clinics, count(DISTINCT x.week) AS weeks,
        sum(1 / log2(1 + x.guests)) AS weight, min(x.week) AS first_week, max(x.week) AS last_week
    FROM guest x JOIN guest y ON x.clinic = y.clinic AND x.week = y.week AND x.person < y.person
    GROUP BY x.person, y.person HAVING count(DISTINCT x.clinic) >= 3 AND count(DISTINCT x.week) >= 3
),
record AS (
    SELECT p.a, p.b, list_sort(list_distinct(list(s.record_id))) AS records, sum(s.fund_amount) AS amount
    FROM pair p JOIN guest x ON x.person = p.a JOIN guest y ON y.person = p.b AND y.clinic = x.clinic AND y.week = x.week
    JOIN settlement s ON s.person IN (p.a, p.b) AND s.clinic = x.clinic AND date_trunc('week', s.start_date) = x.week
    GROUP BY p.a, p.b
)
SELECT p.a AS source, p.b AS target, p.clinics, p.weeks, p.weight, r.amount, day_of(p.first_week) AS first_day,
    day_of(p.last_week) + 6 AS last_day, (k.a IS NOT NULL)::INT AS kin, coalesce(h.community = i.community, false)::INT AS neighbours, r.records
FROM pair p JOIN record r USING (a, b)
LEFT JOIN kin_pair k ON k.a = p.a AND k.b = p.b
LEFT JOIN home h ON h.person = p.a LEFT JOIN home i ON i.person = p.b
