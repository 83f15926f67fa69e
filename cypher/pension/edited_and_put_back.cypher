/* ---
id = "edited_and_put_back"
typology = "A2"
funds = ["pension"]
severity = "red"
version = 1
status = "active"
requires = ["REDIRECTS"]
basis = "社会保险基金要情报告制度；刑法 第264条、第382条"
false_positives = [
    { zh = "补换银行卡期间临时用亲友账户", en = "a friend’s account while a lost card was replaced" },
    { zh = "经办录入错误后更正", en = "a slip of the clerk, corrected" },
]
[title]
zh = "收款账号被改走又改回"
en = "An account number changed and changed back after payments"
[triage]
zh = "查改入账户的持有人与经办人的关系；同一经办人的其他变更一并调出。"
en = "How is the holder of the account related to the clerk? Look at all changes of the same clerk."
[params.days]
type = "int"
default = 60
min = 1
max = 730
doc = { zh = "改走到改回的最多天数", en = "days from the change to its reversal, at most" }
[params.payments]
type = "int"
default = 1
min = 1
max = 100
doc = { zh = "其间打入的最少笔数", en = "payments in between, at least" }
[returns]
kind = "person"
subject = "whose benefit it was"
members = "the person, the account and its holder"
amount = "paid there in between"
first_day = "day of the change"
last_day = "last payment"
edges = "change, reversal and payments"
--- */
MATCH (p:Person)-[r:REDIRECTS]->(a:Account)
WHERE r.back_after <= $days AND r.n >= $payments AND r.own = 0 AND r.kin = 0
OPTIONAL MATCH (h:Person)-[:OWNS]->(a)
WITH p, coalesce(sum(r.amount), 0.0) AS amount, min(r.first_day) AS first_day, max(r.last_day) AS last_day,
  collect(DISTINCT a.id) AS accounts, collect(DISTINCT h.id) AS holders, collect(DISTINCT r.eid) AS edges
RETURN p.id AS subject, [accounts, holders] AS members, amount AS amount, first_day AS first_day, last_day AS last_day, edges AS edges
ORDER BY subject LIMIT $limit
