-- A patient who sees one doctor of a clinic with several, five times or more and for most of the visits there. `lift` is
-- what the fund pays for a visit to this doctor over the same for the clinic's other doctors; `doctor_share` the doctor's
-- part of what the fund pays the clinic.
WITH visit AS (
    SELECT record_id, person, clinic, doctor_code AS doctor, settled_at, fund_amount AS amount
    FROM settlement WHERE visit_type IN ('outpatient', 'chronic') AND person IS NOT NULL AND clinic IS NOT NULL AND doctor_code IS NOT NULL
),
house AS (SELECT clinic, count(*) AS n, sum(amount) AS amount, count(DISTINCT doctor) AS doctors FROM visit GROUP BY clinic),
practice AS (SELECT clinic, doctor, count(*) AS n, sum(amount) AS amount FROM visit GROUP BY clinic, doctor),
seen AS (
    SELECT person, clinic, doctor, count(*) AS n, sum(amount) AS amount, min(settled_at) AS first_at, max(settled_at) AS last_at,
        list(record_id ORDER BY record_id) AS records, sum(count(*)) OVER (PARTITION BY person, clinic) AS visits
    FROM visit GROUP BY person, clinic, doctor
)
SELECT s.person AS source, s.clinic AS target, s.doctor AS part, 'd' || left(sha256(s.doctor), 12) AS doctor, s.n, s.amount,
    day_of(s.first_at) AS first_day, day_of(s.last_at) AS last_day,
    (p.amount / p.n) / nullif((h.amount - p.amount) / nullif(h.n - p.n, 0), 0) AS lift, p.amount / nullif(h.amount, 0) AS doctor_share, s.records
FROM seen s JOIN house h USING (clinic) JOIN practice p USING (clinic, doctor)
WHERE s.n >= 5 AND s.n >= 0.6 * s.visits AND h.doctors >= 3
