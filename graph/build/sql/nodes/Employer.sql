WITH registered AS (
    SELECT employer, min(established_date) AS established, min(status) AS status, min(scope) AS scope, min(name) AS name
    FROM business WHERE employer IS NOT NULL GROUP BY employer
),
staff AS (
    SELECT s.employer, count(*) AS n,
        count(w.person) AS waged,
        median(date_diff('month', s.first_date, s.last_date)) FILTER (s.open = 0) AS tenure
    FROM spell s LEFT JOIN spell_waged w USING (person, employer) GROUP BY s.employer
),
taxed AS (
    SELECT w.employer, count(*) AS n, count(*) FILTER (s.person IS NULL) AS uninsured
    FROM (SELECT DISTINCT person, employer FROM spell_waged) w LEFT JOIN spell s USING (person, employer) GROUP BY w.employer
),
reports AS (SELECT DISTINCT employer FROM wage_tax WHERE employer IS NOT NULL),
-- the province of most people's identity numbers is this region's own
own AS (
    SELECT left(citizen_id, 2) AS province FROM entities WHERE kind = 'person' AND citizen_id IS NOT NULL
    GROUP BY ALL ORDER BY count(*) DESC, province LIMIT 1
),
strangers AS (
    SELECT s.employer, avg((left(e.citizen_id, 2) <> own.province)::INT) AS share
    FROM spell s JOIN entities e ON e.entity_id = s.person, own WHERE e.citizen_id IS NOT NULL GROUP BY s.employer
),
claims AS (
    SELECT employer,
        count(DISTINCT person) FILTER (benefit = 'unemployment') AS unemployment,
        count(DISTINCT person) FILTER (benefit = 'maternity') AS maternity,
        count(DISTINCT person) FILTER (benefit = 'injury') AS injury
    FROM benefit WHERE employer IS NOT NULL GROUP BY employer
),
ratio AS (
    SELECT b.employer, median(b.base / w.income) AS ratio
    FROM base_month b JOIN waged w USING (person, employer, month) WHERE w.income > 0 GROUP BY b.employer
)
SELECT e.entity_id AS id, e.name, day_of(r.established) AS established_day, r.status,
    coalesce(s.n, 0) AS n_insured, coalesce(s.waged, 0) AS n_waged,
    coalesce(s.n, 0) - coalesce(s.waged, 0) AS n_unwaged,
    (p.employer IS NOT NULL)::INT AS wage_reported,
    coalesce(c.unemployment, 0) AS unemployment_claimants, coalesce(c.maternity, 0) AS maternity_claimants,
    coalesce(c.injury, 0) AS injury_claimants, s.tenure AS median_tenure, q.ratio AS base_to_wage,
    regexp_matches(coalesce(r.scope, '') || coalesce(e.name, ''), '派遣|人力资源|人事代理')::INT AS dispatch, g.share AS region_share,
    coalesce(x.n, 0) AS n_taxed, coalesce(x.uninsured, 0) AS n_uninsured, b.base_change, b.wage_change, b.base_to_peers, b.floor_share,
    b.payroll_to_base
FROM entities e
LEFT JOIN registered r ON r.employer = e.entity_id
LEFT JOIN staff s ON s.employer = e.entity_id
LEFT JOIN reports p ON p.employer = e.entity_id
LEFT JOIN strangers g ON g.employer = e.entity_id
LEFT JOIN claims c ON c.employer = e.entity_id
LEFT JOIN taxed x ON x.employer = e.entity_id
LEFT JOIN employer_bases b ON b.employer = e.entity_id
LEFT JOIN ratio q ON q.employer = e.entity_id
WHERE e.kind = 'employer'
