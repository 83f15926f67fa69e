-- Days are counted from 1970-01-01. The as-of day is the last day on which the funds or banks did anything.
CREATE MACRO day_of(d) AS date_diff('day', DATE '1970-01-01', d::DATE);
CREATE MACRO name_key(n) AS regexp_replace(coalesce(n, ''), '[\s·•‧.．　]|（已故）|\(已故\)', '', 'g');
CREATE TABLE as_of AS
SELECT coalesce(max(d), DATE '1970-01-01') AS as_of
FROM (
    SELECT max(paid_date) AS d FROM pension_payment
    UNION ALL SELECT max(booked_at)::DATE FROM bank_flow
    UNION ALL SELECT max(settled_at)::DATE FROM settlement
);
