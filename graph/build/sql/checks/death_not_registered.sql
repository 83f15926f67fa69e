-- Certified or cremated, yet the household register has the person live on.
WITH reported AS (
    SELECT person, 'death_certificate' AS source, death_at::DATE AS day, record_id FROM death_certificate
    WHERE person IS NOT NULL AND death_at IS NOT NULL AND coalesce(valid, 'valid') = 'valid'
    UNION ALL
    SELECT person, 'cremation', coalesce(death_date, cremation_date), record_id FROM cremation WHERE person IS NOT NULL
),
first_report AS (
    SELECT person, min_by(source, (day, record_id)) AS source, min(day) AS day, list(record_id) AS records
    FROM reported WHERE day IS NOT NULL GROUP BY person
),
registered AS (
    SELECT person, max((coalesce(cancelled, 'no') = 'yes')::INT) AS cancelled, list(record_id) AS records
    FROM resident WHERE person IS NOT NULL GROUP BY person
)
SELECT f.person AS entity_id, f.source AS left_table, f.day::VARCHAR AS left_value,
    'resident' AS right_table, NULL AS right_value, date_diff('day', f.day, a.as_of)::DOUBLE AS difference,
    f.day AS first_day, a.as_of AS last_day, f.records || g.records AS records
FROM first_report f JOIN registered g USING (person) CROSS JOIN as_of a
WHERE g.cancelled = 0 AND date_diff('day', f.day, a.as_of) > $days
