/* ---
id = "agent_telephone"
typology = "I1"
funds = ["unemployment", "maternity"]
severity = "yellow"
version = 2
status = "active"
requires = ["CLAIMS_WITH"]
basis = "刑法 第266条；社会保险基金监督举报工作管理办法（令49号）"
false_positives = [
    { zh = "持牌人力资源、代理记账机构", en = "a licensed staffing or bookkeeping firm" },
    { zh = "村居协办员、工会", en = "a village assistant or union" },
]

[title]
zh = "多人申领留同一个他人电话"
en = "Claims of many name one stranger’s telephone"

[triage]
zh = "查电话机主；问申领人验证码给了谁、付了多少。"
en = "Find the owner of the telephone; ask claimants who got the code and how much they paid."

[params.people]
type = "int"
default = 4
min = 2
max = 500
doc = { zh = "申领中留同一电话的最少人数", en = "people whose claims name the telephone" }

[params.firms]
type = "int"
default = 3
min = 0
max = 1000
doc = { zh = "以此电话登记的企业超过此数视为公开代办", en = "more firms than this that register it make an open agent" }

[returns]
kind = "person"
subject = "the first claimant"
members = "claimants and who takes their money"
amount = "null"
first_day = "first claim"
last_day = "last claim"
edges = "claims and transfers"
--- */
MATCH (p:Person)-[c:CLAIMS_WITH]->(t:Phone)
WHERE c.own = 0 AND t.n_employers <= $firms
WITH t, min(p.id) AS first_caller, min(c.first_day) AS first_day, max(c.last_day) AS last_day,
  count(DISTINCT p.id) AS callers, collect(DISTINCT p.id) AS claimants, collect(DISTINCT c.eid) AS claims
WHERE callers >= $people
OPTIONAL MATCH (t)<-[k:CLAIMS_WITH]-(x:Person)-[m:PASSES_ON]->(q:Person)
WHERE m.kin = 0 AND m.rent = 0 AND m.benefit = k.benefit
WITH t, first_caller, claimants, first_day, last_day, claims, collect(DISTINCT q.id) AS takers, collect(DISTINCT m.eid) AS passed
RETURN first_caller AS subject, [claimants, takers] AS members, 0.0 AS amount, first_day AS first_day, last_day AS last_day,
  [claims, passed] AS edges
ORDER BY subject LIMIT $limit
