-- Stays in hospital, and the days within them on which the patient was seen elsewhere.
CREATE TABLE stay AS
SELECT record_id, person, clinic, start_date, end_date, fund_amount AS amount, total_amount, left(diagnosis_code, 3) AS diagnosis, visit_pool
FROM settlement WHERE visit_type = 'inpatient' AND person IS NOT NULL AND clinic IS NOT NULL AND start_date IS NOT NULL;

-- The days of arrival and discharge are left out, and what can be done from a bed: paying a bill, certifying by face.
CREATE TABLE elsewhere AS
WITH seen AS (
    SELECT person, occurred_at::DATE AS d, record_id FROM life_trace WHERE trace_type IN ('rail', 'bus', 'vaccination', 'service_hall', 'culture')
    UNION ALL SELECT person, booked_at::DATE, record_id FROM withdrawal
)
SELECT s.record_id, s.person, s.clinic, s.start_date, s.end_date, s.amount, count(*) AS n, list(e.record_id ORDER BY e.record_id) AS records
FROM stay s JOIN seen e ON e.person = s.person AND e.d > s.start_date AND e.d < s.end_date
GROUP BY ALL;

-- Discharged and admitted again by the same hospital for the same group of diseases within fifteen days. Cancer,
-- dialysis, childbirth and mental illness come back by plan.
CREATE TABLE again AS
SELECT *, (diagnosis SIMILAR TO '(C[0-9].|D[0-4].|Z51|N18|F[0-9].|O[0-9].)')::INT AS planned
FROM (
    SELECT *, lead(start_date) OVER w AS next_start, lead(diagnosis) OVER w AS next_diagnosis, lead(record_id) OVER w AS next_record,
        lead(amount) OVER w AS next_amount
    FROM stay WHERE end_date IS NOT NULL WINDOW w AS (PARTITION BY person, clinic ORDER BY start_date, record_id)
)
WHERE diagnosis = next_diagnosis AND date_diff('day', end_date, next_start) BETWEEN 0 AND 15;
