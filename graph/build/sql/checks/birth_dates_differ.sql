-- The insurance and the household register have the person born on different days.
SELECT n.person AS entity_id, 'enrolment' AS left_table, min(n.birth_date)::VARCHAR AS left_value,
    'resident' AS right_table, min(r.birth_date)::VARCHAR AS right_value,
    abs(date_diff('day', min(n.birth_date), min(r.birth_date)))::DOUBLE AS difference,
    least(min(n.birth_date), min(r.birth_date)) AS first_day, greatest(min(n.birth_date), min(r.birth_date)) AS last_day,
    list(DISTINCT n.record_id) || list(DISTINCT r.record_id) AS records
FROM enrolment n JOIN resident r USING (person)
WHERE n.birth_date IS NOT NULL AND r.birth_date IS NOT NULL
GROUP BY n.person
HAVING abs(date_diff('day', min(n.birth_date), min(r.birth_date))) >= $days
