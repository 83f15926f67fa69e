-- Money from one person to another who is given by few: a single payment is enough, because a go-between is paid
-- once. `givers` counts the people, no kin, who pay the taker; landlords and shopkeepers have more than thirty.
WITH gift AS (
    SELECT t.giver, t.taker, t.record_id, t.booked_at, t.amount, (k.a IS NOT NULL)::INT AS kin
    FROM personal_transfer t LEFT JOIN kin_pair k ON k.a = t.giver AND k.b = t.taker
),
few AS (SELECT taker, count(DISTINCT giver) AS givers FROM gift WHERE kin = 0 GROUP BY taker HAVING count(DISTINCT giver) BETWEEN 2 AND 30)
SELECT g.giver AS source, g.taker AS target, count(*) AS n, sum(g.amount) AS amount, day_of(min(g.booked_at)) AS first_day,
    day_of(max(g.booked_at)) AS last_day, max(g.kin) AS kin, any_value(f.givers) AS givers, list(g.record_id ORDER BY g.record_id) AS records
FROM gift g JOIN few f USING (taker) WHERE g.kin = 0 GROUP BY g.giver, g.taker
