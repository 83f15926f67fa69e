-- A benefit won through an employer, with how the person came to that employer and went. `deviation` is how far the payment
-- lies above its peers, in standard deviations; `witness` stands for the name of the accident's witness.
WITH claim AS (
    SELECT person, employer, benefit, count(*) AS n, sum(amount) AS amount, min(paid_date) AS first_date,
        max(paid_date) AS last_date, max(z) AS deviation, list(record_id ORDER BY record_id) AS records
    FROM benefit LEFT JOIN deviation USING (record_id) WHERE employer IS NOT NULL GROUP BY person, employer, benefit
),
event AS (
    SELECT person, employer, 'maternity' AS benefit, min(birth_event_date) AS d, NULL::DATE AS visited, NULL AS witness FROM maternity_payment GROUP BY ALL
    UNION ALL
    SELECT person, employer, 'injury', min(accident_date), min(first_visit_date), min(name_key(witness)) FROM injury_payment GROUP BY ALL
),
last_wage AS (SELECT person, employer, month, income FROM waged QUALIFY row_number() OVER (PARTITION BY person, employer ORDER BY month DESC) = 1)
SELECT c.person AS source, c.employer AS target, c.benefit AS part, c.benefit, c.n, c.amount,
    day_of(c.first_date) AS first_day, day_of(c.last_date) AS last_day,
    date_diff('day', s.first_date, coalesce(v.d, c.first_date)) AS joined_before,
    CASE WHEN s.open = 0 THEN date_diff('day', c.last_date, s.last_date) END AS left_after,
    date_diff('month', s.first_date, s.last_date) AS tenure, coalesce(w.months, 0) AS waged_months, b.base,
    date_diff('day', v.visited, v.d) AS visit_lead,
    date_diff('day', s.first_date, coalesce(v.visited, v.d)) AS insured_lag,
    c.deviation, 'w' || left(sha256(nullif(v.witness, '')), 12) AS witness,
    list_concat(c.records, coalesce(s.records, [])) AS records
FROM claim c
LEFT JOIN event v ON v.person = c.person AND v.employer = c.employer AND v.benefit = c.benefit
LEFT JOIN spell s ON s.person = c.person AND s.employer = c.employer
LEFT JOIN spell_waged w ON w.person = c.person AND w.employer = c.employer
LEFT JOIN spell_base b ON b.person = c.person AND b.employer = c.employer
