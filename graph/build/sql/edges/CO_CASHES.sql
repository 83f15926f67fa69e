-- Two people's accounts emptied at one cash machine within half an hour, on three days or more, and not by chance:
-- these days are a fifth or more of the days on which the quieter account is used there.
WITH slot AS (SELECT *, (epoch(booked_at) // 1800)::BIGINT AS bin FROM withdrawal WHERE person IS NOT NULL),
near AS (SELECT * FROM slot UNION ALL SELECT * REPLACE (bin + 1 AS bin) FROM slot),
met AS (
    SELECT DISTINCT x.person AS a, y.person AS b, x.device, x.booked_at::DATE AS d, x.record_id AS ra, y.record_id AS rb
    FROM slot x JOIN near y USING (device, bin)
    WHERE x.person < y.person AND abs(epoch(x.booked_at) - epoch(y.booked_at)) <= 1800
    UNION
    SELECT DISTINCT y.person, x.person, x.device, x.booked_at::DATE, y.record_id, x.record_id
    FROM slot x JOIN near y USING (device, bin)
    WHERE x.person > y.person AND abs(epoch(x.booked_at) - epoch(y.booked_at)) <= 1800
),
used AS (SELECT person, count(DISTINCT booked_at::DATE) AS days FROM withdrawal WHERE person IS NOT NULL GROUP BY person),
pair AS (
    SELECT a, b, count(DISTINCT d) AS days, count(DISTINCT device) AS machines, min(d) AS first_d, max(d) AS last_d,
        list_sort(list_distinct(list_concat(list(ra), list(rb)))) AS records
    FROM met GROUP BY a, b HAVING count(DISTINCT d) >= 3
)
SELECT p.a AS source, p.b AS target, p.days, p.machines, day_of(p.first_d) AS first_day, day_of(p.last_d) AS last_day,
    (k.a IS NOT NULL)::INT AS kin, (h.community = i.community)::INT AS neighbours, p.records
FROM pair p JOIN used u ON u.person = p.a JOIN used v ON v.person = p.b
LEFT JOIN kin_pair k ON k.a = p.a AND k.b = p.b
LEFT JOIN home h ON h.person = p.a LEFT JOIN home i ON i.person = p.b
WHERE p.days >= 0.2 * least(u.days, v.days)
