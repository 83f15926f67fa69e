-- Who holds an account: the bank's own file first, else the one person who draws from it under the same name.
CREATE TABLE drawn AS
SELECT record_id, person, account, account_holder FROM pension_payment
UNION ALL SELECT record_id, person, account, account_holder FROM unemployment_payment
UNION ALL SELECT record_id, person, account, account_holder FROM injury_payment
UNION ALL SELECT record_id, person, account, account_holder FROM maternity_payment;

CREATE TABLE owner AS
WITH banked AS (
    SELECT account, min(person) AS person, min(employer) AS employer, min(opened_date) AS opened
    FROM bank_account WHERE account IS NOT NULL GROUP BY account
),
sole AS (
    SELECT d.account, min(d.person) AS person
    FROM drawn d JOIN entities e ON e.entity_id = d.person
    WHERE d.account IS NOT NULL
    GROUP BY d.account
    HAVING count(DISTINCT d.person) = 1 AND bool_or(name_key(d.account_holder) = name_key(e.name))
)
SELECT coalesce(b.account, s.account) AS account,
    CASE WHEN b.employer IS NULL THEN coalesce(b.person, s.person) END AS person, b.employer, b.opened
FROM banked b FULL JOIN sole s USING (account);
