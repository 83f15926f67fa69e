-- The register cancelled the person as dead, within the time that certificates and cremations cover, and neither knows it.
WITH covered AS (
    SELECT min(day) AS begin, max(day) AS until FROM (
        SELECT death_at::DATE AS day FROM death_certificate UNION ALL SELECT cremation_date FROM cremation
    )
)
SELECT r.person AS entity_id, 'resident' AS left_table, r.cancel_date::VARCHAR AS left_value,
    'death_certificate' AS right_table, NULL AS right_value, NULL::DOUBLE AS difference,
    r.cancel_date AS first_day, r.cancel_date AS last_day, [r.record_id] AS records
FROM resident r CROSS JOIN covered c
WHERE r.person IS NOT NULL AND r.cancelled = 'yes' AND r.cancel_reason LIKE '%死亡%'
    -- a register runs late: a death before the first certificate may be cancelled within the time covered
    AND r.cancel_date BETWEEN c.begin + to_days($days::INT) AND c.until
    AND NOT EXISTS (FROM death_certificate d WHERE d.person = r.person)
    AND NOT EXISTS (FROM cremation m WHERE m.person = r.person)
