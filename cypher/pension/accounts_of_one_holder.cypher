/* ---
id = "accounts_of_one_holder"
typology = "A1"
funds = ["pension"]
severity = "orange"
version = 1
status = "active"
requires = ["DRAWS", "OWNS"]
basis = "社会保险基金要情报告制度；社会保险基金行政监督办法（令48号）"
false_positives = [
    { zh = "监护人、村协办员受托代收", en = "a guardian or village assistant who collects for others" },
    { zh = "福利院工作人员代管", en = "staff of a home who keep residents’ money" },
]
[title]
zh = "多名非亲属的待遇分散发到同一人名下的几个账户"
en = "Benefits of several strangers spread over accounts of one holder"
[triage]
zh = "查各账户开户时间与变更审批，问领取人是否知情、钱款去向。"
en = "When were the accounts opened and who approved the changes? Do the payees know, and where did the money go?"
[params.payees]
type = "int"
default = 3
min = 2
max = 100
doc = { zh = "非本人、非亲属的领取人最少人数", en = "payees who are neither holder nor kin" }
[params.accounts]
type = "int"
default = 2
min = 1
max = 50
doc = { zh = "持有人名下收款账户的最少个数", en = "accounts of the holder that are paid" }
[returns]
kind = "person"
subject = "the holder"
members = "holder, payees and accounts"
amount = "benefits paid"
first_day = "first payment"
last_day = "last payment"
edges = "payments"
--- */
MATCH (p:Person)-[d:DRAWS]->(a:Account)<-[:OWNS]-(h:Person)
WHERE d.benefit = 'pension' AND d.own = 0 AND d.kin = 0 AND p.id <> h.id
WITH h, coalesce(sum(d.amount), 0.0) AS amount, min(d.first_day) AS first_day, max(d.last_day) AS last_day,
  count(DISTINCT p.id) AS payees, count(DISTINCT a.id) AS accounts, collect(DISTINCT p.id) AS people,
  collect(DISTINCT a.id) AS paid, collect(DISTINCT d.eid) AS edges
WHERE payees >= $payees AND accounts >= $accounts
RETURN h.id AS subject, [people, paid] AS members, amount AS amount, first_day AS first_day, last_day AS last_day, edges AS edges
ORDER BY subject LIMIT $limit
