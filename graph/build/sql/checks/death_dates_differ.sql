-- Two departments name days of death that lie further apart than slips of the pen do.
WITH certified AS (
    SELECT person, death_at::DATE AS day, record_id FROM death_certificate
    WHERE person IS NOT NULL AND death_at IS NOT NULL AND coalesce(valid, 'valid') = 'valid'
),
cremated AS (
    SELECT person, coalesce(death_date, cremation_date) AS day, record_id FROM cremation WHERE person IS NOT NULL
)
SELECT c.person AS entity_id, 'death_certificate' AS left_table, c.day::VARCHAR AS left_value,
    'cremation' AS right_table, r.day::VARCHAR AS right_value, abs(date_diff('day', c.day, r.day))::DOUBLE AS difference,
    least(c.day, r.day) AS first_day, greatest(c.day, r.day) AS last_day, [c.record_id, r.record_id] AS records
FROM certified c JOIN cremated r USING (person)
WHERE abs(date_diff('day', c.day, r.day)) > $days
