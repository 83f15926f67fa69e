-- Whose benefits are paid to which account; `own` and `kin` say whose account it is. `deviation` is the farthest that a
-- payment lies above its peers, in standard deviations.
SELECT b.person AS source, b.account AS target, b.benefit AS part, b.benefit, count(*) AS n, sum(b.amount) AS amount,
    day_of(min(b.paid_date)) AS first_day, day_of(max(b.paid_date)) AS last_day,
    max((o.person = b.person OR name_key(b.account_holder) = name_key(e.name))::INT) AS own,
    max((k.a IS NOT NULL)::INT) AS kin, max(v.z) AS deviation, list(b.record_id ORDER BY b.record_id) AS records
FROM benefit b
JOIN entities e ON e.entity_id = b.person
LEFT JOIN owner o USING (account)
LEFT JOIN deviation v USING (record_id)
LEFT JOIN kin_pair k ON k.a = b.person AND k.b = o.person
WHERE b.account IS NOT NULL GROUP BY b.person, b.account, b.benefit
