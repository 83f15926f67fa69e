-- Money that comes back: transfers of 2,000 yuan or more over three to five accounts, each later than the one before and
-- within thirty days of it, each of nearly the same sum (70 to 105 in a hundred). One edge a transfer, `cycle` names its
-- round; `firm` where an organisation's account is one of them. A firm's payday is no round: accounts that more than two hundred
-- transfers leave are left out.
WITH wages AS (
    SELECT f.record_id, f.counter_account AS source, f.account AS target, f.booked_at, f.amount FROM bank_flow f
    WHERE f.direction = 'in' AND f.channel = 'batch' AND f.purpose LIKE '%工资%' AND f.account IS NOT NULL AND f.counter_account IS NOT NULL
),
big AS (
    SELECT record_id, source, target, booked_at, amount FROM transfer WHERE amount >= 2000 AND source <> target
    UNION ALL SELECT record_id, source, target, booked_at, amount FROM wages WHERE amount >= 2000 AND source <> target
),
hop AS (SELECT * FROM big SEMI JOIN (SELECT source FROM big GROUP BY source HAVING count(*) <= 200) USING (source)),
two AS (
    SELECT x.source AS home, y.target AS till, y.booked_at, x.amount AS first_amount, y.amount, [x.target] AS way, [x, y] AS hops
    FROM hop x JOIN hop y ON y.source = x.target AND y.booked_at > x.booked_at AND y.booked_at <= x.booked_at + INTERVAL 30 DAY
    WHERE y.target <> x.source AND y.amount BETWEEN 0.7 * x.amount AND 1.05 * x.amount
),
three AS (
    SELECT t.home, z.target AS till, z.booked_at, t.first_amount, z.amount, list_append(t.way, z.source) AS way, list_append(t.hops, z) AS hops
    FROM two t JOIN hop z ON z.source = t.till AND z.booked_at > t.booked_at AND z.booked_at <= t.booked_at + INTERVAL 30 DAY
    WHERE z.amount BETWEEN 0.7 * t.first_amount AND 1.05 * t.amount AND NOT list_contains(t.way, z.target)
),
four AS (
    SELECT t.home, z.target AS till, z.booked_at, t.first_amount, z.amount, list_append(t.way, z.source) AS way, list_append(t.hops, z) AS hops
    FROM three t JOIN hop z ON z.source = t.till AND z.booked_at > t.booked_at AND z.booked_at <= t.booked_at + INTERVAL 30 DAY
    WHERE t.till <> t.home AND z.amount BETWEEN 0.7 * t.first_amount AND 1.05 * t.amount AND NOT list_contains(t.way, z.target)
),
five AS (
    SELECT t.home, z.target AS till, list_append(t.hops, z) AS hops
    FROM four t JOIN hop z ON z.source = t.till AND z.booked_at > t.booked_at AND z.booked_at <= t.booked_at + INTERVAL 30 DAY
    WHERE t.till <> t.home AND z.target = t.home AND z.amount BETWEEN 0.7 * t.first_amount AND 1.05 * t.amount
),
closed AS (
    SELECT hops FROM three WHERE till = home UNION ALL SELECT hops FROM four WHERE till = home UNION ALL SELECT hops FROM five
),
named AS (
    SELECT 'r' || left(sha256(array_to_string(list_transform(hops, lambda h: h.record_id), ' ')), 12) AS cycle, len(hops) AS length, hops,
        day_of(hops[1].booked_at) AS first_day, day_of(hops[-1].booked_at) AS last_day
    FROM closed
),
step AS (SELECT cycle, length, first_day, last_day, unnest(hops) AS h FROM named),
held AS (SELECT s.cycle, max((o.employer IS NOT NULL)::INT) AS firm FROM step s LEFT JOIN owner o ON o.account = s.h.source GROUP BY s.cycle)
SELECT s.h.source AS source, s.h.target AS target, s.cycle AS part, s.cycle, s.length, s.h.amount AS amount, s.first_day, s.last_day, f.firm,
    (k.a IS NOT NULL)::INT AS kin, [s.h.record_id] AS records
FROM step s JOIN held f USING (cycle)
LEFT JOIN owner o ON o.account = s.h.source LEFT JOIN owner p ON p.account = s.h.target
LEFT JOIN kin_pair k ON k.a = o.person AND k.b = p.person
