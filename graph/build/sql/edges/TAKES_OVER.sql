-- One personal number, two people: name and identity number both became another's. The change log says whose the
-- account was and whose it became; a repair of a slip keeps the surname or the date of birth, a take-over neither.
WITH use AS (
    SELECT person_no AS number, person, list(record_id ORDER BY record_id) AS records
    FROM (
        SELECT person_no, person, record_id FROM enrolment
        UNION ALL SELECT person_no, person, record_id FROM pension_payment
        UNION ALL SELECT person_no, person, record_id FROM certification
    ) WHERE person_no IS NOT NULL AND person IS NOT NULL GROUP BY person_no, person
),
renamed AS (
    SELECT person_no AS number, name_key(split_part(old_value, '|', 1)) AS old_name, name_key(split_part(new_value, '|', 1)) AS new_name,
        changed_at AS name_at, operator, record_id
    FROM change_log WHERE changed_field IN ('name', 'name_and_citizen_id') AND person_no IS NOT NULL
),
renumbered AS (
    SELECT person_no AS number, max(changed_at) AS id_at, list(record_id ORDER BY record_id) AS records
    FROM change_log WHERE changed_field IN ('citizen_id', 'name_and_citizen_id') AND person_no IS NOT NULL GROUP BY person_no
),
named AS (
    SELECT u.number, u.person, u.records, e.birth_date, name_key(e.name) AS name, list_transform(e.other_names, lambda n: name_key(n)) AS others
    FROM use u JOIN entities e ON e.entity_id = u.person
),
changed AS (
    SELECT c.number, c.name_at, d.id_at, c.operator, x.person AS before, y.person AS after,
        list_concat(d.records, [c.record_id], y.records) AS records
    FROM renamed c
    JOIN renumbered d USING (number)
    JOIN named x ON x.number = c.number AND (x.name = c.old_name OR list_contains(x.others, c.old_name))
    JOIN named y ON y.number = c.number AND (y.name = c.new_name OR list_contains(y.others, c.new_name))
    WHERE x.person <> y.person AND left(c.old_name, 1) <> left(c.new_name, 1)
        AND x.birth_date IS DISTINCT FROM y.birth_date
    QUALIFY row_number() OVER (PARTITION BY c.number ORDER BY c.name_at DESC, c.record_id) = 1
),
counted AS (SELECT *, count(*) OVER (PARTITION BY operator) AS n_same_clerk FROM changed)
SELECT d.after AS source, d.before AS target, d.number AS part, d.number, day_of(greatest(d.id_at, d.name_at)) AS day,
    'k' || left(sha256(any_value(d.operator)), 12) AS clerk, any_value(d.n_same_clerk) AS n_same_clerk, day_of(least(d.id_at, d.name_at)) AS first_day,
    day_of(coalesce(max(b.paid_date), d.id_at)) AS last_day, coalesce(sum(b.amount), 0) AS amount,
    list_sort(list_distinct(any_value(d.records))) AS records
FROM counted d LEFT JOIN benefit b ON b.person = d.after AND b.benefit = 'pension' AND b.paid_date >= d.id_at::DATE
GROUP BY d.after, d.before, d.number, d.id_at, d.name_at
