-- On which device a pensioner was certified alive, and how often after the own death or while in prison.
SELECT c.person AS source, 'd' || left(sha256('certification' || c.device), 16) AS target, c.method AS part, c.method,
    count(*) AS n, day_of(min(c.certified_at)) AS first_day, day_of(max(c.certified_at)) AS last_day,
    count(*) FILTER (c.certified_at > d.died + INTERVAL 7 DAY) AS after_death,
    count(*) FILTER (EXISTS (FROM imprisonment i WHERE i.person = c.person
        AND c.certified_at > i.start_date + INTERVAL 7 DAY AND c.certified_at < i.end_date)) AS in_prison,
    list(c.record_id ORDER BY c.record_id) AS records
FROM certification c LEFT JOIN death d USING (person)
WHERE c.device IS NOT NULL AND c.person IS NOT NULL GROUP BY c.person, c.device, c.method
