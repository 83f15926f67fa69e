-- More wages came into the person's accounts than any employer withheld tax for, over the same months.
WITH paid AS (
    SELECT o.person, date_trunc('month', f.booked_at)::DATE AS month, sum(f.amount) AS amount, list(f.record_id) AS records
    FROM bank_flow f JOIN owner o USING (account)
    WHERE f.direction = 'in' AND f.channel = 'batch' AND f.purpose LIKE '%工资%' AND o.person IS NOT NULL
    GROUP BY ALL
),
taxed AS (SELECT person, sum(income) AS amount, min(month) AS first_month, max(month) AS last_month FROM waged GROUP BY person),
sums AS (
    SELECT p.person, count(*) AS months, sum(p.amount) AS amount, min(p.month) AS first_day, max(p.month) AS last_day,
        list_sort(flatten(list(p.records))) AS records
    FROM paid p JOIN taxed t ON t.person = p.person AND p.month BETWEEN t.first_month AND t.last_month
    GROUP BY p.person
)
SELECT s.person AS entity_id, 'bank_flow' AS left_table, round(s.amount, 2)::VARCHAR AS left_value,
    'wage_tax' AS right_table, round(t.amount, 2)::VARCHAR AS right_value, s.amount - t.amount AS difference,
    s.first_day, s.last_day, s.records[:$listed] AS records
FROM sums s JOIN taxed t USING (person)
WHERE s.months >= $months AND s.amount > $share * t.amount
