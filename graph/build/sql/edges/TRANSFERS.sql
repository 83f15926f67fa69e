SELECT source, target, count(*) AS n, sum(amount) AS amount, day_of(min(booked_at)) AS first_day, day_of(max(booked_at)) AS last_day
FROM transfer WHERE source <> target GROUP BY source, target
