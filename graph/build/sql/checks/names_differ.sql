-- One citizen number, two names that no slip, mask or former name explains. Counted are characters that stand in one name
-- and not in the other; two characters that changed places are a slip.
WITH enrolled AS (
    SELECT person, name_key(name) AS name, citizen_id, list(record_id) AS records
    FROM enrolment WHERE person IS NOT NULL AND citizen_id IS NOT NULL AND NOT regexp_matches(name, '[*＊?？□�某]')
    GROUP BY ALL
),
registered AS (
    SELECT person, name_key(name) AS name,
        nullif(name_key(former_name), '') AS former_name, citizen_id, list(record_id) AS records
    FROM resident WHERE person IS NOT NULL AND citizen_id IS NOT NULL AND NOT regexp_matches(name, '[*＊?？□�某]')
    GROUP BY ALL
),
pairs AS (
    SELECT n.person, n.name, r.name AS registered, r.former_name, n.records || r.records AS records,
        greatest(
            len(list_filter(string_split(n.name, ''), lambda c: NOT contains(r.name, c))),
            len(list_filter(string_split(r.name, ''), lambda c: NOT contains(n.name, c)))
        ) AS apart
    FROM enrolled n JOIN registered r USING (person, citizen_id)
)
SELECT person AS entity_id, 'enrolment' AS left_table, min(name) AS left_value,
    'resident' AS right_table, min(registered) AS right_value, min(apart)::DOUBLE AS difference,
    NULL::DATE AS first_day, NULL::DATE AS last_day, list_distinct(flatten(list(records))) AS records
FROM pairs
GROUP BY person
HAVING min(apart) >= $characters AND NOT bool_or(coalesce(name = former_name, false))
