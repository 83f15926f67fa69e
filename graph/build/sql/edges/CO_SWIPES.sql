-- Two people's cards used at one terminal within half an hour, on three days or more, and not by chance: these days
-- are a seventh or more of the visits of the rarer guest there. Households, colleagues and neighbours are marked:
-- they have reason to come together.
WITH visit AS (
    SELECT record_id, person, clinic, terminal, settled_at, fund_amount + coalesce(account_amount, 0) AS amount,
        (epoch(settled_at) // 1800)::BIGINT AS bin
    FROM settlement
    WHERE person IS NOT NULL AND terminal IS NOT NULL AND visit_type IS DISTINCT FROM 'inpatient'
),
near AS (SELECT * FROM visit UNION ALL SELECT * REPLACE (bin + 1 AS bin) FROM visit),
met AS (
    SELECT DISTINCT least(x.person, y.person) AS a, greatest(x.person, y.person) AS b, x.clinic, x.terminal,
        x.settled_at::DATE AS d, x.record_id AS ra, y.record_id AS rb, x.amount + y.amount AS amount
    FROM visit x JOIN near y USING (terminal, bin)
    WHERE x.person <> y.person AND abs(epoch(x.settled_at) - epoch(y.settled_at)) <= 1800
),
guest AS (SELECT person, clinic, count(DISTINCT settled_at::DATE) AS days FROM visit GROUP BY person, clinic),
pair AS (
    SELECT a, b, count(DISTINCT d) AS days, count(DISTINCT terminal) AS terminals, sum(amount) AS amount,
        min(d) AS first_d, max(d) AS last_d, list_sort(list_distinct(list_concat(list(ra), list(rb)))) AS records
    FROM met GROUP BY a, b HAVING count(DISTINCT d) >= 3
),
-- where they meet most; the first by id of several
place AS (
    SELECT a, b, clinic FROM met GROUP BY a, b, clinic
    QUALIFY row_number() OVER (PARTITION BY a, b ORDER BY count(*) DESC, clinic) = 1
),
colleague AS (
    SELECT DISTINCT p.a, p.b FROM pair p JOIN spell x ON x.person = p.a JOIN spell y ON y.person = p.b AND x.employer = y.employer
)
SELECT p.a AS source, p.b AS target, p.days, p.terminals, p.amount, day_of(p.first_d) AS first_day, day_of(p.last_d) AS last_day,
    (k.a IS NOT NULL)::INT AS kin, (c.a IS NOT NULL)::INT AS colleagues, (h.community = i.community)::INT AS neighbours, t.clinic, p.records
FROM pair p JOIN place t USING (a, b)
JOIN guest g ON g.person = p.a AND g.clinic = t.clinic JOIN guest f ON f.person = p.b AND f.clinic = t.clinic
LEFT JOIN kin_pair k ON k.a = p.a AND k.b = p.b
LEFT JOIN colleague c ON c.a = p.a AND c.b = p.b
LEFT JOIN home h ON h.person = p.a LEFT JOIN home i ON i.person = p.b
WHERE p.days * 7 >= least(g.days, f.days)
