-- Who pays several patients of one doctor soon after their visits, or several who lay in one hospital (`stay`). Friends and
-- neighbours see the same doctor too, so `surprise` says how much it is beyond chance: the exponent of ten of Chernoff's
-- bound for as many patients or more among those whom the payer pays. Chance is the share of all patients whom the doctor
-- sees in two months, or what other payers of this doctor's patients have in common, whichever is more. A visit without
-- a doctor counts for its clinic.
WITH visit AS (
    SELECT record_id, person, clinic, CASE WHEN stay = 1 THEN clinic ELSE coalesce(doctor_code, clinic) END AS doctor, stay,
        settled_at::DATE AS day, coalesce(fund_amount, 0) + coalesce(account_amount, 0) AS amount
    FROM (SELECT *, (visit_type IS NOT DISTINCT FROM 'inpatient')::INT AS stay FROM settlement)
    WHERE person IS NOT NULL AND clinic IS NOT NULL AND settled_at IS NOT NULL
),
gift AS (
    SELECT t.giver, t.taker, t.record_id, t.booked_at::DATE AS day, t.amount
    FROM personal_transfer t ANTI JOIN kin_pair k ON k.a = t.giver AND k.b = t.taker
),
payer AS (SELECT giver, count(DISTINCT taker) AS takers, count(*) AS n FROM gift GROUP BY giver HAVING count(DISTINCT taker) > 1),
met AS (
    SELECT g.giver, g.taker, v.clinic, v.doctor, v.stay, g.record_id AS gift, g.day, g.amount, v.record_id AS visit, v.amount AS fund
    FROM gift g SEMI JOIN payer USING (giver)
    JOIN visit v ON v.person = g.taker AND v.day BETWEEN g.day - 60 AND g.day
),
gathered AS (SELECT giver, doctor, stay, count(DISTINCT taker) AS patients FROM met GROUP BY giver, doctor, stay),
span AS (SELECT count(DISTINCT person) AS people, greatest((max(day) - min(day)) / 60.0, 1) AS windows FROM visit),
seen AS (SELECT doctor, stay, count(DISTINCT (person, day_of(day) // 60)) AS n FROM visit GROUP BY doctor, stay),
common AS (
    SELECT doctor, stay, sum(patients - 1) AS more, sum(takers - 1) AS chances FROM gathered JOIN payer USING (giver) GROUP BY doctor, stay
),
expected AS (
    SELECT g.*, p.takers, s.n / (x.people * x.windows) AS rate,
        p.n * greatest(rate, (c.more - g.patients + 1 + 5 * rate) / (c.chances - p.takers + 1 + 5)) AS mean
    FROM gathered g JOIN payer p USING (giver) JOIN seen s USING (doctor, stay) JOIN common c USING (doctor, stay) CROSS JOIN span x
    WHERE g.patients > 1
),
beyond AS (
    SELECT *, (patients * ln(patients / mean) - patients + mean) / ln(10) AS surprise FROM expected WHERE patients > mean AND surprise >= 3
),
-- one payment may follow several visits, and one visit several payments: each counts once
once AS (
    SELECT *, row_number() OVER (PARTITION BY giver, clinic, doctor, stay, gift ORDER BY visit) = 1 AS first_of_gift,
        row_number() OVER (PARTITION BY giver, clinic, doctor, stay, visit ORDER BY gift) = 1 AS first_of_visit
    FROM met
)
SELECT m.giver AS source, m.taker AS target, m.doctor || '/' || m.clinic || '/' || m.stay AS part, m.clinic,
    'd' || left(sha256(m.doctor), 12) AS doctor, m.stay, count(DISTINCT m.gift) AS n,
    sum(m.amount) FILTER (first_of_gift) AS amount, sum(m.fund) FILTER (first_of_visit) AS fund, day_of(min(m.day)) AS first_day,
    day_of(max(m.day)) AS last_day, any_value(b.patients) AS patients, any_value(b.takers) AS takers, any_value(b.surprise) AS surprise,
    list_sort(list_distinct(list_concat(list(m.gift), list(m.visit)))) AS records
FROM once m JOIN beyond b USING (giver, doctor, stay)
GROUP BY m.giver, m.taker, m.clinic, m.doctor, m.stay
