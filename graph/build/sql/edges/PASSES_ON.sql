-- Benefit money that goes on to another person: of a monthly benefit within three weeks of its payment, of a lump
-- sum within half a year, since it is shared out later and in parts. `share` is what went on over
-- what was paid in those months, `returned` what came back the other way, `rent` whether it is called rent or goods.
WITH paid AS (
    SELECT person, benefit, paid_date, sum(amount) AS amount, list(record_id) AS records
    FROM benefit WHERE amount > 0 GROUP BY person, benefit, paid_date
),
gone AS (
    SELECT t.giver, t.taker, p.benefit, t.record_id, t.booked_at, t.amount, t.purpose, p.paid_date, p.amount AS paid, p.records
    FROM personal_transfer t
    JOIN paid p ON p.person = t.giver AND t.booked_at::DATE
        BETWEEN p.paid_date AND p.paid_date + CASE WHEN p.benefit IN ('maternity', 'injury') THEN 180 ELSE 21 END
    -- pensions are spent day by day: only a good part of one is passed on as such
    WHERE t.amount <= 1.1 * p.amount
        AND t.amount >= CASE p.benefit WHEN 'pension' THEN 0.3 WHEN 'unemployment' THEN 0.1 WHEN 'unemployment_elsewhere' THEN 0.1 ELSE 0.02 END * p.amount
    QUALIFY row_number() OVER (PARTITION BY t.record_id ORDER BY p.paid_date DESC, p.benefit) = 1
),
back AS (SELECT giver, taker, sum(amount) AS amount FROM personal_transfer GROUP BY giver, taker),
paid_months AS (SELECT giver, taker, benefit, sum(paid) AS paid FROM (SELECT DISTINCT giver, taker, benefit, paid_date, paid FROM gone) GROUP BY ALL)
SELECT g.giver AS source, g.taker AS target, g.benefit AS part, g.benefit, count(*) AS n, sum(g.amount) AS amount,
    sum(g.amount) / any_value(m.paid) AS share, day_of(min(g.booked_at)) AS first_day, day_of(max(g.booked_at)) AS last_day,
    max((k.a IS NOT NULL)::INT) AS kin, coalesce(any_value(b.amount), 0) AS returned,
    (avg((coalesce(g.purpose, '') SIMILAR TO '.*(房租|货款|工资).*')::INT) > 0.5)::INT AS rent,
    list_sort(list_distinct(list_concat(list(g.record_id), flatten(list(g.records))))) AS records
FROM gone g
JOIN paid_months m ON m.giver = g.giver AND m.taker = g.taker AND m.benefit = g.benefit
LEFT JOIN back b ON b.giver = g.taker AND b.taker = g.giver
LEFT JOIN kin_pair k ON k.a = g.giver AND k.b = g.taker
GROUP BY g.giver, g.taker, g.benefit
