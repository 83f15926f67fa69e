/* ---
id = "redirected_to_one_account"
typology = "A1"
funds = ["pension"]
severity = "orange"
version = 1
status = "active"
requires = ["REDIRECTS"]
basis = "社会保险基金要情报告制度；社会保险基金行政监督办法（令48号）"
false_positives = [
    { zh = "福利院等机构统一代管", en = "a welfare home that keeps the money" },
    { zh = "子女代父母收款", en = "children who collect for their parents" },
    { zh = "原账户银行撤并批量换号", en = "a bank that merged and renumbered its accounts" },
]
[title]
zh = "多人的收款账号被改成同一账户"
en = "The accounts of many were changed to one"
[triage]
zh = "调取每次变更的申请表和经办日志；问本人是否知情、钱由谁取走。"
en = "Fetch the form and the clerk’s log of every change; ask the owners whether they knew and who takes the money."
[params.people]
type = "int"
default = 3
min = 2
max = 500
doc = { zh = "改到同一账户的非亲属最少人数", en = "people, no kin of the holder, whose benefit was sent there" }
[returns]
kind = "account"
subject = "the account"
members = "the account, its holder, and those whose benefit was sent there"
amount = "paid there since"
first_day = "first change"
last_day = "last payment"
edges = "changes and payments"
--- */
MATCH (p:Person)-[r:REDIRECTS]->(a:Account)
WHERE r.own = 0 AND r.kin = 0 AND r.n > 0 AND a.holder_kind <> 'organisation'
WITH a, coalesce(sum(r.amount), 0.0) AS amount, min(r.first_day) AS first_day, max(r.last_day) AS last_day,
  count(DISTINCT p.id) AS others, collect(DISTINCT p.id) AS people, collect(DISTINCT r.eid) AS edges
WHERE others >= $people
OPTIONAL MATCH (h:Person)-[:OWNS]->(a)
WITH a, people, amount, first_day, last_day, edges, collect(DISTINCT h.id) AS holders
RETURN a.id AS subject, [people, holders] AS members, amount AS amount, first_day AS first_day, last_day AS last_day, edges AS edges
ORDER BY subject LIMIT $limit
