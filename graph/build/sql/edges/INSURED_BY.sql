SELECT s.person AS source, s.employer AS target, day_of(s.first_date) AS first_day, day_of(s.last_date) AS last_day,
    date_diff('month', s.first_date, s.last_date) AS months, s.open, coalesce(w.months, 0) AS waged_months, b.base,
    s.records
FROM spell s LEFT JOIN spell_waged w USING (person, employer) LEFT JOIN spell_base b USING (person, employer)
