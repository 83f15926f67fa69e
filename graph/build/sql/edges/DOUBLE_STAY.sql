-- One stay settled twice: two settlements whose days overlap by two or more, of two pooling regions, or of two
-- hospitals for the same cost within two in a hundred.
WITH met AS (
    SELECT x.person, greatest(x.clinic, y.clinic) AS clinic, least(x.clinic, y.clinic) AS other, x.record_id AS a, y.record_id AS b,
        least(x.amount, y.amount) AS amount, least(x.start_date, y.start_date) AS d, greatest(x.end_date, y.end_date) AS e,
        (x.visit_pool IS DISTINCT FROM y.visit_pool)::INT AS pools,
        (abs(x.total_amount - y.total_amount) <= 0.02 * greatest(x.total_amount, y.total_amount))::INT AS same_cost
    FROM stay x JOIN stay y ON x.person = y.person AND x.record_id < y.record_id
        AND x.start_date + 1 < y.end_date AND y.start_date + 1 < x.end_date
    WHERE x.clinic <> y.clinic
)
SELECT person AS source, clinic AS target, other AS part, count(*) AS n, sum(amount) AS amount, day_of(min(d)) AS first_day,
    day_of(max(e)) AS last_day, max(pools) AS pools, max(same_cost) AS same_cost, any_value(other) AS clinic,
    list_sort(list_distinct(list_concat(list(a), list(b)))) AS records
FROM met WHERE pools = 1 OR same_cost = 1 GROUP BY person, clinic, other
