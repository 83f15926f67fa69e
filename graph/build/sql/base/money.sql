-- Money between accounts, each transfer once: as the paying account's bank books it, else as the receiver's does.
CREATE TABLE transfer AS
WITH known AS (SELECT DISTINCT account FROM bank_flow WHERE account IS NOT NULL)
SELECT f.record_id, f.account AS source, f.counter_account AS target, f.booked_at, f.amount, f.purpose
FROM bank_flow f
WHERE f.direction = 'out' AND f.account IS NOT NULL AND f.counter_account IS NOT NULL AND f.channel IS DISTINCT FROM 'batch'
UNION ALL
SELECT f.record_id, f.counter_account, f.account, f.booked_at, f.amount, f.purpose
FROM bank_flow f ANTI JOIN known k ON k.account = f.counter_account
WHERE f.direction = 'in' AND f.account IS NOT NULL AND f.counter_account IS NOT NULL AND f.channel IS DISTINCT FROM 'batch';

-- Materialised in two steps: left to itself, the planner pairs all owners with all others first.
CREATE TABLE personal_transfer AS
WITH given AS MATERIALIZED (
    SELECT t.*, o.person AS giver FROM transfer t JOIN owner o ON o.account = t.source WHERE o.person IS NOT NULL
),
taken AS MATERIALIZED (
    SELECT g.*, o.person AS taker FROM given g JOIN owner o ON o.account = g.target WHERE o.person IS NOT NULL
)
SELECT * FROM taken WHERE giver <> taker;

CREATE TABLE withdrawal AS
SELECT f.record_id, f.account, o.person, f.device, f.booked_at, f.amount
FROM bank_flow f LEFT JOIN owner o USING (account)
WHERE f.direction = 'out' AND f.channel = 'atm' AND f.device IS NOT NULL;
