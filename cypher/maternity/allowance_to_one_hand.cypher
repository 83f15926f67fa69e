/* ---
id = "allowance_to_one_hand"
typology = "M1"
funds = ["maternity"]
severity = "orange"
version = 1
status = "active"
requires = ["CLAIMS_FROM", "PASSES_ON"]
basis = "医疗保障基金使用监督管理条例；社会保险法 第88条"
false_positives = [
    { zh = "月嫂、房租等共同服务费", en = "a nurse or landlord whom they share" },
    { zh = "同事间借款", en = "loans among colleagues" },
]

[title]
zh = "同一单位多名产妇把津贴转给同一人"
en = "Mothers of one employer pay one person from the allowance"

[triage]
zh = "问产妇为何转账；收款人是否为单位招人、垫资。"
en = "Ask the mothers why they paid; did the taker recruit them or fund the employer?"

[params.mothers]
type = "int"
default = 2
min = 2
max = 100
doc = { zh = "转给同一非亲属的最少人数", en = "mothers, no kin, who pay the same person" }

[params.share]
type = "float"
default = 0.2
min = 0.0
max = 1.0
doc = { zh = "领取人占参保人数的最低比例", en = "claimants over enrolled" }

[returns]
kind = "employer"
subject = "the employer"
members = "employer, the mothers who pay, and the taker"
amount = "allowance paid"
first_day = "first payment"
last_day = "last payment"
edges = "claims and transfers"
--- */
MATCH (q:Person)<-[t:PASSES_ON]-(p:Person)-[c:CLAIMS_FROM]->(e:Employer)
WHERE t.benefit = 'maternity' AND t.kin = 0 AND t.rent = 0 AND c.benefit = 'maternity' AND p.id <> q.id
  AND e.maternity_claimants >= $share * e.n_insured
WITH q.id AS taker, e.id AS firm, coalesce(sum(c.amount), 0.0) AS amount, min(c.first_day) AS first_day, max(t.last_day) AS last_day,
  count(DISTINCT p.id) AS payers, collect(DISTINCT p.id) AS people, collect(DISTINCT t.eid) AS passed, collect(DISTINCT c.eid) AS claims
WHERE payers >= $mothers
RETURN firm AS subject, [people, [taker]] AS members, amount AS amount, first_day AS first_day, last_day AS last_day,
  [claims, passed] AS edges
ORDER BY subject, taker LIMIT $limit
