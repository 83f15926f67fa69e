-- When a pension began, if it began within the data; who draws two at once, under one identity or under two.
CREATE TABLE retirement AS
WITH paid AS (
    SELECT person, scheme, min(month) AS first_month, max(month) AS last_month
    FROM benefit WHERE benefit = 'pension' AND amount > 0 AND coalesce(item, 'basic_pension') = 'basic_pension'
    GROUP BY person, scheme
),
start AS (SELECT min(first_month) AS first_month FROM paid)
SELECT p.person, min(p.first_month) AS first_month, max(p.last_month) AS last_month,
    -- the residents' pension begins at sixty for everybody; the data's first months tell of no beginning
    min(p.first_month) FILTER (p.scheme <> 'resident_pension' AND p.first_month >= s.first_month + INTERVAL 3 MONTH) AS retired
FROM paid p CROSS JOIN start s GROUP BY p.person;

CREATE TABLE two_schemes AS
SELECT person, count(*) AS months FROM (
    SELECT person, month FROM benefit
    WHERE benefit = 'pension' AND amount > 0 AND coalesce(item, 'basic_pension') = 'basic_pension'
    GROUP BY person, month HAVING count(DISTINCT scheme) > 1
) GROUP BY person;

-- `id` names the double-drawer: both identities of one bear the same.
CREATE TABLE doubled AS
WITH same AS (
    SELECT entity_a AS a, entity_b AS b FROM possible_same WHERE score >= 0.5
    UNION ALL SELECT entity_b, entity_a FROM possible_same WHERE score >= 0.5
)
SELECT person, min(id) AS id FROM (
    SELECT person, person AS id FROM two_schemes WHERE months >= 3
    UNION ALL
    SELECT s.a, least(s.a, s.b) FROM same s
    JOIN retirement x ON x.person = s.a JOIN retirement y ON y.person = s.b
    WHERE x.first_month + INTERVAL 2 MONTH <= y.last_month AND y.first_month + INTERVAL 2 MONTH <= x.last_month
) GROUP BY person;

-- Months of pension contribution that were paid afterwards, and when the last of them was.
CREATE TABLE late_paid AS
SELECT person, employer, count(DISTINCT month) AS months, max(received_date) AS paid, list(record_id ORDER BY record_id) AS records
FROM contribution
WHERE payment_type = 'back_payment' AND scheme LIKE '%pension' AND person IS NOT NULL AND employer IS NOT NULL
GROUP BY person, employer;

CREATE TABLE late_paid_person AS
SELECT person, count(DISTINCT month) AS months, max(received_date) AS paid
FROM contribution WHERE payment_type = 'back_payment' AND scheme LIKE '%pension' AND person IS NOT NULL GROUP BY person;

-- Terms spent in prison: running, or served to their end. Parole and community correction are none.
CREATE TABLE imprisonment AS
SELECT person, start_date, coalesce(end_date, DATE '2100-01-01') AS end_date
FROM sentence WHERE person IS NOT NULL AND start_date IS NOT NULL AND status IN ('imprisoned', 'released');
