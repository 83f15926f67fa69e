-- One personal number, two people: name and identity number both became another's. The change log says whose the
-- account was and whose it became; a repair of a slip keeps the surname or the date of birth, a take-over neither.
-- A chain of changes is judged by its ends. Where the number's other rows all bear the new identity by now, the one
-- before is found by the identity number that the log gave up.
WITH use AS (
    SELECT person_no AS number, person, list(record_id ORDER BY record_id) AS records
    FROM (
        SELECT person_no, person, record_id FROM enrolment
        UNION ALL SELECT person_no, person, record_id FROM pension_payment
        UNION ALL SELECT person_no, person, record_id FROM certification
    ) WHERE person_no IS NOT NULL AND person IS NOT NULL GROUP BY person_no, person
),
edit AS (
    SELECT person_no AS number, changed_at, operator, record_id,
        CASE WHEN changed_field <> 'citizen_id' THEN name_key(split_part(old_value, '|', 1)) END AS old_name,
        CASE WHEN changed_field <> 'citizen_id' THEN name_key(split_part(new_value, '|', 1)) END AS new_name,
        upper(CASE changed_field WHEN 'citizen_id' THEN old_value WHEN 'name_and_citizen_id' THEN split_part(old_value, '|', 2) END) AS old_id,
        upper(CASE changed_field WHEN 'citizen_id' THEN new_value WHEN 'name_and_citizen_id' THEN split_part(new_value, '|', 2) END) AS new_id
    FROM change_log WHERE changed_field IN ('name', 'citizen_id', 'name_and_citizen_id') AND person_no IS NOT NULL
),
-- from the first old to the last new of each; ties in time by the record
changed AS (
    SELECT number, arg_min(old_name, (changed_at, record_id)) FILTER (old_name IS NOT NULL) AS old_name,
        arg_max(new_name, (changed_at, record_id)) FILTER (new_name IS NOT NULL) AS new_name,
        arg_min(old_id, (changed_at, record_id)) FILTER (old_id IS NOT NULL) AS old_id,
        arg_max(new_id, (changed_at, record_id)) FILTER (new_id IS NOT NULL) AS new_id,
        arg_max(operator, (changed_at, record_id)) AS operator, min(changed_at) AS begun_at, max(changed_at) AS ended_at,
        list(record_id ORDER BY record_id) AS records
    FROM edit GROUP BY number
),
named AS (
    SELECT entity_id AS person, upper(citizen_id) AS citizen_id, birth_date, name_key(name) AS name,
        list_transform(other_names, lambda n: name_key(n)) AS others
    FROM entities WHERE kind = 'person'
),
given_up AS (SELECT DISTINCT number, unnest([old_id, new_id]) AS citizen_id FROM changed),
known AS (
    SELECT u.number, u.records, n.* FROM use u JOIN named n USING (person)
    UNION ALL
    SELECT g.number, [], n.* FROM given_up g JOIN named n ON n.citizen_id = g.citizen_id
),
pair AS (
    SELECT c.number, c.begun_at, c.ended_at, c.operator, x.person AS before, y.person AS after,
        list_concat(x.records, c.records, y.records) AS records
    FROM changed c
    JOIN known x ON x.number = c.number AND (x.name = c.old_name OR list_contains(x.others, c.old_name))
    JOIN known y ON y.number = c.number AND (y.name = c.new_name OR list_contains(y.others, c.new_name))
    WHERE c.old_id IS NOT NULL AND x.person <> y.person AND left(c.old_name, 1) <> left(c.new_name, 1)
        AND x.birth_date IS DISTINCT FROM y.birth_date
    QUALIFY row_number() OVER (PARTITION BY c.number ORDER BY x.person, y.person, len(x.records) DESC, len(y.records) DESC) = 1
),
-- whom no clerk is named for has no clerk in common with anybody
counted AS (SELECT *, CASE WHEN operator IS NULL THEN 1 ELSE count(*) OVER (PARTITION BY operator) END AS n_same_clerk FROM pair)
SELECT d.after AS source, d.before AS target, d.number AS part, d.number, day_of(d.ended_at) AS day,
    'k' || left(sha256(any_value(d.operator)), 12) AS clerk, any_value(d.n_same_clerk) AS n_same_clerk, day_of(d.begun_at) AS first_day,
    day_of(coalesce(max(b.paid_date), d.ended_at)) AS last_day, coalesce(sum(b.amount), 0) AS amount, max((k.a IS NOT NULL)::INT) AS kin,
    list_sort(list_distinct(any_value(d.records))) AS records
FROM counted d LEFT JOIN benefit b ON b.person = d.after AND b.benefit = 'pension' AND b.paid_date >= d.ended_at::DATE
LEFT JOIN kin_pair k ON k.a = d.after AND k.b = d.before
GROUP BY d.after, d.before, d.number, d.begun_at, d.ended_at
