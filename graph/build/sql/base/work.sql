-- Spells of employment as enrolled, and the months in which wages were taxed there. One that is open is taken to last
-- to the end of the month: a day later the same rows are the same spells.
CREATE TABLE waged AS
SELECT person, employer, date_trunc('month', period_start)::DATE AS month, sum(income) AS income,
    list(record_id ORDER BY record_id) AS records
FROM wage_tax WHERE person IS NOT NULL AND employer IS NOT NULL GROUP BY ALL;

CREATE TABLE spell AS
SELECT person, employer, min(start_date) AS first_date,
    max(coalesce(end_date, last_day(as_of))) AS last_date, max((end_date IS NULL)::INT) AS open,
    list(record_id ORDER BY record_id) AS records
FROM enrolment, as_of
WHERE person IS NOT NULL AND employer IS NOT NULL AND start_date IS NOT NULL GROUP BY person, employer;

CREATE TABLE base_month AS
SELECT person, employer, month, max(base) AS base
FROM contribution WHERE person IS NOT NULL AND employer IS NOT NULL AND base > 0 GROUP BY ALL;

CREATE TABLE spell_base AS
SELECT person, employer, avg(base) AS base FROM base_month GROUP BY ALL;

-- `uninsured`: of these months those in which nobody enrolled the person, nor the person themselves.
CREATE TABLE spell_waged AS
WITH bare AS (
    SELECT w.person, w.employer, count(*) AS n
    FROM waged w ANTI JOIN enrolment s ON s.person = w.person AND s.start_date < w.month + INTERVAL 1 MONTH
        AND (s.end_date IS NULL OR s.end_date >= w.month)
    GROUP BY ALL
)
SELECT w.person, w.employer, count(*) AS months, coalesce(any_value(b.n), 0) AS uninsured, sum(w.income) AS income,
    min(w.month) AS first_month, max(w.month) AS last_month, list_sort(flatten(list(w.records))) AS records
FROM waged w LEFT JOIN bare b ON b.person = w.person AND b.employer = w.employer GROUP BY w.person, w.employer;
