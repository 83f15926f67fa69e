-- Who is enrolled by whom. `batch` counts the people whom the employer enrolled on the same day, `late_months` the months
-- of pension contribution that were paid afterwards.
WITH together AS (SELECT employer, first_date, count(*) AS batch FROM spell GROUP BY employer, first_date)
SELECT s.person AS source, s.employer AS target, day_of(s.first_date) AS first_day, day_of(s.last_date) AS last_day,
    date_diff('month', s.first_date, s.last_date) AS months, s.open, coalesce(w.months, 0) AS waged_months, b.base,
    t.batch, coalesce(l.months, 0) AS late_months, day_of(l.paid) AS late_day, list_concat(s.records, coalesce(l.records, [])) AS records
FROM spell s LEFT JOIN spell_waged w USING (person, employer) LEFT JOIN spell_base b USING (person, employer)
JOIN together t USING (employer, first_date) LEFT JOIN late_paid l USING (person, employer)
