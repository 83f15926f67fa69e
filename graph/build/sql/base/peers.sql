-- How far a payment lies from its peers, in standard deviations: those of the same benefit, scheme and item in the
-- same period (pensions by month, the others by year). Groups of fewer than twenty have no peers.
CREATE TABLE deviation AS
SELECT record_id, (amount - avg(amount) OVER peers) / nullif(stddev_pop(amount) OVER peers, 0) AS z
FROM (
    SELECT *, CASE WHEN benefit = 'pension' THEN month ELSE date_trunc('year', paid_date) END AS period FROM benefit WHERE amount > 0
)
WINDOW peers AS (PARTITION BY benefit, scheme, item, period)
QUALIFY count(*) OVER peers >= 20;

-- An employer's bases: beside last year's for the same people, beside its industry's, beside the wages it declares.
CREATE TABLE base_year AS
SELECT person, employer, year(month) AS year, avg(base) AS base, count(*) AS months FROM base_month GROUP BY ALL;
CREATE TABLE base_floor AS
SELECT year, min(base) AS base FROM (
    SELECT year(month) AS year, base FROM base_month GROUP BY ALL HAVING count(DISTINCT employer) >= 3
) GROUP BY year;
CREATE TABLE employer_bases AS
WITH change AS (
    SELECT a.employer, median(b.base / a.base) AS ratio
    FROM base_year a JOIN base_year b ON a.person = b.person AND a.employer = b.employer AND b.year = a.year + 1
    GROUP BY a.employer HAVING count(*) >= 3
),
wage_year AS (SELECT person, employer, year(month) AS year, avg(income) AS income FROM waged GROUP BY ALL),
wage_change AS (
    SELECT a.employer, median(b.income / a.income) AS ratio
    FROM wage_year a JOIN wage_year b ON a.person = b.person AND a.employer = b.employer AND b.year = a.year + 1
    WHERE a.income > 0 GROUP BY a.employer HAVING count(*) >= 3
),
own AS (SELECT employer, median(base) AS base, count(DISTINCT person) AS people FROM base_month GROUP BY employer),
trade AS (SELECT employer, min(left(industry, 3)) AS industry FROM business WHERE employer IS NOT NULL GROUP BY employer),
peers AS (
    SELECT industry, median(base) AS base FROM own JOIN trade USING (employer)
    WHERE industry IS NOT NULL GROUP BY industry HAVING count(*) >= 5
),
floored AS (
    SELECT y.employer, avg((y.base <= f.base * 1.001)::INT) AS share FROM base_year y JOIN base_floor f USING (year) GROUP BY y.employer
),
payroll AS (
    SELECT t.employer, max(t.payroll / y.base) AS ratio
    FROM (SELECT employer, year, max(payroll) AS payroll FROM corporate_tax WHERE payroll > 0 GROUP BY ALL) t
    JOIN (SELECT employer, year, sum(base * months) AS base FROM base_year GROUP BY ALL HAVING count(DISTINCT person) >= 5) y USING (employer, year)
    GROUP BY t.employer
)
SELECT o.employer, c.ratio AS base_change, w.ratio AS wage_change, o.base / p.base AS base_to_peers, f.share AS floor_share,
    r.ratio AS payroll_to_base
FROM own o LEFT JOIN change c USING (employer) LEFT JOIN wage_change w USING (employer) LEFT JOIN trade t USING (employer)
LEFT JOIN peers p USING (industry) LEFT JOIN floored f USING (employer) LEFT JOIN payroll r USING (employer);
