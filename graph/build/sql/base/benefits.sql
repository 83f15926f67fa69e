-- Every benefit paid, one row a payment; what the bank returned never reached anyone.
CREATE TABLE benefit AS
SELECT record_id, person, account, account_holder, NULL AS employer, 'pension' AS benefit, scheme, item, month, paid_date,
    amount, coalesce(pay_status, 'paid') AS pay_status
FROM pension_payment WHERE coalesce(pay_status, 'paid') <> 'returned' AND person IS NOT NULL
UNION ALL
SELECT record_id, person, account, account_holder, employer, 'unemployment', 'unemployment', NULL, month, paid_date, amount, 'paid'
FROM unemployment_payment WHERE person IS NOT NULL
UNION ALL
SELECT record_id, person, account, account_holder, employer, 'maternity', 'maternity', NULL, date_trunc('month', paid_date)::DATE,
    paid_date, amount, 'paid'
FROM maternity_payment WHERE person IS NOT NULL
UNION ALL
SELECT record_id, person, account, account_holder, employer, 'injury', 'injury', NULL, date_trunc('month', paid_date)::DATE,
    paid_date, amount, 'paid'
FROM injury_payment WHERE person IS NOT NULL
UNION ALL
-- Unemployment benefit that the bank books and no payment of this region's fund explains: another region pays it.
SELECT f.record_id, o.person, f.account, NULL, NULL, 'unemployment_elsewhere', 'unemployment', NULL,
    date_trunc('month', f.booked_at)::DATE, f.booked_at::DATE, f.amount, 'paid'
FROM bank_flow f JOIN owner o USING (account)
WHERE f.direction = 'in' AND f.channel = 'batch' AND f.purpose LIKE '%失业%' AND o.person IS NOT NULL
    AND NOT EXISTS (
        FROM unemployment_payment u WHERE u.account = f.account AND abs(date_diff('day', u.paid_date, f.booked_at::DATE)) <= 7
    );
