-- The insurance and the household register disagree on the sex.
SELECT n.person AS entity_id, 'enrolment' AS left_table, min(n.sex) AS left_value,
    'resident' AS right_table, min(r.sex) AS right_value, NULL::DOUBLE AS difference,
    NULL::DATE AS first_day, NULL::DATE AS last_day,
    list(DISTINCT n.record_id) || list(DISTINCT r.record_id) AS records
FROM enrolment n JOIN resident r USING (person)
WHERE n.sex IN ('male', 'female') AND r.sex IN ('male', 'female')
GROUP BY n.person
HAVING min(n.sex) = max(n.sex) AND min(r.sex) = max(r.sex) AND min(n.sex) <> min(r.sex)
