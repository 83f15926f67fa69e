-- Repeated payments from one person to another, whatever the money's origin: what a sham job or an agent costs.
-- `period` is the median gap in days, `spread` the standard deviation of amounts over their mean.
WITH dated AS (
    SELECT giver, taker, record_id, booked_at::DATE AS d, amount,
        date_diff('day', lag(booked_at::DATE) OVER (PARTITION BY giver, taker ORDER BY booked_at, record_id), booked_at::DATE) AS gap
    FROM personal_transfer
    WHERE NOT coalesce(purpose, '') SIMILAR TO '.*(房租|货款|工资).*'
)
SELECT d.giver AS source, d.taker AS target, count(*) AS n, sum(d.amount) AS amount, day_of(min(d.d)) AS first_day,
    day_of(max(d.d)) AS last_day, max((k.a IS NOT NULL)::INT) AS kin, median(d.gap) AS period,
    coalesce(stddev_pop(d.amount) / nullif(avg(d.amount), 0), 0) AS spread, list(d.record_id ORDER BY d.record_id) AS records
FROM dated d LEFT JOIN kin_pair k ON k.a = d.giver AND k.b = d.taker
GROUP BY d.giver, d.taker HAVING count(*) >= 2
