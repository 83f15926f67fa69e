WITH after AS (
    SELECT b.person,
        count(DISTINCT b.month) FILTER (b.amount > 0) AS months, sum(b.amount) AS net,
        sum(b.amount) FILTER (b.amount > 0) AS gross
    FROM benefit b JOIN death d USING (person)
    WHERE b.benefit = 'pension' AND coalesce(b.item, 'basic_pension') = 'basic_pension'
        AND b.month > d.died + INTERVAL 1 MONTH
    GROUP BY b.person
),
prison AS (
    SELECT s.person, count(DISTINCT b.month) AS months
    FROM imprisonment s JOIN benefit b USING (person)
    WHERE b.benefit = 'pension' AND b.amount > 0
        AND b.month >= s.start_date AND b.month + INTERVAL 1 MONTH <= s.end_date
    GROUP BY s.person
),
born AS (
    SELECT person, date_diff('day', min(n.birth_date), min(r.birth_date)) AS gap
    FROM enrolment n JOIN resident r USING (person) WHERE n.birth_date IS NOT NULL AND r.birth_date IS NOT NULL GROUP BY person
),
wages AS (SELECT person, count(DISTINCT month) AS months FROM waged GROUP BY person),
visits AS (SELECT person, max(settled_at)::DATE AS last_visit FROM settlement WHERE person IS NOT NULL GROUP BY person),
agents AS (SELECT p.person, max(f.n) AS firms FROM person_phone p JOIN firm_phone f USING (phone) GROUP BY p.person)
SELECT e.entity_id AS id, e.name, e.sex, day_of(e.birth_date) AS birth_day, h.household, h.community,
    day_of(d.died) AS death_day, coalesce(d.sources, 0) AS death_sources, day_of(l.last_alive) AS last_alive_day,
    -- what was paid and taken back is no loss: under a tenth of it left counts as recovered
    CASE WHEN a.net > 0.1 * a.gross THEN a.months ELSE 0 END AS paid_months_after_death,
    CASE WHEN a.net > 0.1 * a.gross THEN a.net ELSE 0 END AS paid_after_death,
    coalesce(t.months, 0) AS schemes_overlap_months, coalesce(p.months, 0) AS prison_months_paid,
    coalesce(w.months, 0) AS wage_months, coalesce(g.firms, 0) AS agent_for,
    day_of(r.retired) AS pension_start_day, date_diff('month', e.birth_date, r.retired) / 12.0 AS pension_start_age,
    day_of(r.last_month) AS last_pension_day, day_of(greatest(l.last_alive, v.last_visit)) AS last_trace_day,
    u.id AS double_id, coalesce(k.months, 0) AS back_paid_months, day_of(k.paid) AS back_paid_day, b.gap AS birth_gap_days,
    coalesce(x.n, 0) AS disagreements, e.n_records
FROM entities e
LEFT JOIN home h ON h.person = e.entity_id
LEFT JOIN death d ON d.person = e.entity_id
LEFT JOIN alive l ON l.person = e.entity_id
LEFT JOIN after a ON a.person = e.entity_id
LEFT JOIN two_schemes t ON t.person = e.entity_id
LEFT JOIN prison p ON p.person = e.entity_id
LEFT JOIN wages w ON w.person = e.entity_id
LEFT JOIN agents g ON g.person = e.entity_id
LEFT JOIN retirement r ON r.person = e.entity_id
LEFT JOIN doubled u ON u.person = e.entity_id
LEFT JOIN late_paid_person k ON k.person = e.entity_id
LEFT JOIN born b ON b.person = e.entity_id
LEFT JOIN visits v ON v.person = e.entity_id
LEFT JOIN disagreements x USING (entity_id)
WHERE e.kind = 'person'
