/* ---
id = "shared_account"
typology = "A1"
funds = ["pension"]
severity = "orange"
version = 1
status = "active"
requires = ["DRAWS"]
basis = "社会保险基金要情报告制度；社会保险基金行政监督办法（令48号）"
false_positives = [
    { zh = "配偶、子女代收（同一户，至多三人）", en = "spouse or children collect (one household, up to three)" },
    { zh = "福利院、敬老院的单位账户", en = "account of a welfare home" },
    { zh = "村级协办员为偏远老人代收并转交", en = "a village assistant who collects and hands on" },
]

[title]
zh = "多人养老金打入同一账户"
en = "Pensions of many paid to one account"

[triage]
zh = "核对账户持有人与各领取人的关系、变更账号的经办人和日期、款项是否转交。"
en = "Check the holder’s relation to each payee, who changed the account numbers and when, and whether the money was handed on."

[params.payees]
type = "int"
default = 3
min = 2
max = 100
doc = { zh = "非亲属领取人的最少人数", en = "payees who are no kin of the holder" }

[returns]
kind = "account"
subject = "the account"
members = "account, payees and holder"
amount = "pension paid to it"
first_day = "first payment"
last_day = "last payment"
edges = "payments"
--- */
MATCH (p:Person)-[d:DRAWS]->(a:Account)
WHERE d.benefit = 'pension' AND d.own = 0 AND d.kin = 0
WITH a, coalesce(sum(d.amount), 0.0) AS amount, min(d.first_day) AS first_day, max(d.last_day) AS last_day,
  count(DISTINCT p.id) AS others, collect(DISTINCT p.id) AS people, collect(DISTINCT d.eid) AS edges
WHERE others >= $payees
OPTIONAL MATCH (h:Person)-[:OWNS]->(a)
OPTIONAL MATCH (e:Employer)-[:ORGANISATION_OWNS]->(a)
WITH a, people, amount, first_day, last_day, edges, collect(DISTINCT h.id) AS holders, collect(DISTINCT e.id) AS firms
RETURN a.id AS subject, [people, holders, firms] AS members, amount AS amount, first_day AS first_day, last_day AS last_day,
  edges AS edges
ORDER BY subject LIMIT $limit
