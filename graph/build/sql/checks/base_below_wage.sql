-- Over the months in which an employer both paid contributions and withheld tax for one person, the base is far below the wage.
WITH top AS (SELECT max(base) AS base FROM base_month),
both_known AS (
    SELECT b.person, b.employer, b.month, b.base, w.income, w.records
    FROM base_month b JOIN waged w USING (person, employer, month) CROSS JOIN top
    WHERE b.base < 0.99 * top.base  -- at the ceiling a base is rightly below the wage
)
SELECT person AS entity_id, 'contribution' AS left_table, round(sum(base), 2)::VARCHAR AS left_value,
    'wage_tax' AS right_table, round(sum(income), 2)::VARCHAR AS right_value, 1 - sum(base) / sum(income) AS difference,
    min(month) AS first_day, max(month) AS last_day, list_sort(flatten(list(records)))[:$listed] AS records
FROM both_known
GROUP BY person, employer
HAVING count(*) >= $months AND sum(base) < $share * sum(income)
