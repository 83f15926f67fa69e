-- A person's benefit sent to another account by a change in the log, what was paid there since, and after how many
-- days the former account was put back. `n_same` counts the people whose benefit was sent to this account, `batch` those
-- whose account this clerk changed and put back within the same fortnight: a bank's new system is put right at one go.
WITH change AS (
    SELECT person, regexp_replace(old_value, '\s', '', 'g') AS old_no, regexp_replace(new_value, '\s', '', 'g') AS new_no, changed_at, operator, record_id
    FROM change_log WHERE changed_field = 'account_no' AND person IS NOT NULL AND new_value IS NOT NULL
),
number AS (SELECT account_no, min(entity_id) AS account FROM entities WHERE kind = 'account' AND account_no IS NOT NULL GROUP BY account_no),
reversed AS (
    SELECT c.record_id, min(b.changed_at) AS back_at, min(b.record_id) AS back_record
    FROM change c JOIN change b ON b.person = c.person AND b.new_no = c.old_no AND b.changed_at > c.changed_at
    GROUP BY c.record_id
),
sent AS (
    SELECT c.person, n.account, c.changed_at, c.operator, c.record_id, r.back_at, r.back_record
    FROM change c JOIN number n ON n.account_no = c.new_no LEFT JOIN reversed r USING (record_id)
),
paid AS (
    SELECT s.record_id, count(*) AS n, sum(b.amount) AS amount, max(b.paid_date) AS last_paid, list(b.record_id) AS records
    FROM sent s JOIN benefit b ON b.person = s.person AND b.account = s.account AND b.paid_date >= s.changed_at::DATE
        AND b.paid_date <= coalesce(s.back_at::DATE, DATE '9999-01-01')
    WHERE b.amount > 0 GROUP BY s.record_id
),
together AS (
    SELECT s.record_id, count(DISTINCT o.person) AS n
    FROM sent s JOIN sent o ON o.operator = s.operator AND o.back_at IS NOT NULL
        AND abs(date_diff('day', o.changed_at, s.changed_at)) <= 14
    GROUP BY s.record_id
),
shared AS (SELECT account, count(DISTINCT person) AS n_same FROM sent GROUP BY account)
SELECT s.person AS source, s.account AS target, min(s.record_id) AS part, 'k' || left(sha256(min(s.operator)), 12) AS clerk,
    coalesce(sum(p.n), 0) AS n, coalesce(sum(p.amount), 0) AS amount, day_of(min(s.changed_at)) AS first_day,
    day_of(coalesce(max(p.last_paid), max(s.changed_at)::DATE)) AS last_day,
    min(date_diff('day', s.changed_at, s.back_at)) AS back_after, any_value(h.n_same) AS n_same,
    max(coalesce(o.person = s.person, false)::INT) AS own, max((k.a IS NOT NULL)::INT) AS kin, coalesce(max(t.n), 0) AS batch,
    list_sort(list_distinct(list_filter(list_concat(list(s.record_id), list(s.back_record), flatten(list(coalesce(p.records, [])))), lambda r: r IS NOT NULL))) AS records
FROM sent s JOIN shared h USING (account) LEFT JOIN paid p USING (record_id) LEFT JOIN owner o USING (account)
LEFT JOIN together t USING (record_id)
LEFT JOIN kin_pair k ON k.a = s.person AND k.b = o.person
GROUP BY s.person, s.account
