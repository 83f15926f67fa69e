/* ---
id = "allowance_to_funder"
typology = "M1"
funds = ["maternity"]
severity = "red"
version = 1
status = "active"
requires = ["CLAIMS_FROM", "PASSES_ON", "FUNDS"]
basis = "医疗保障基金使用监督管理条例；刑法 第266条"
false_positives = [
    { zh = "老板向员工借款后还款", en = "an owner who lends to staff" },
    { zh = "家族企业", en = "a family firm" },
]

[title]
zh = "生育津贴流向为单位垫资的人"
en = "Allowance passed to the person who funds the employer"

[triage]
zh = "查出资人身份与单位账户用途；问产妇为何转账。"
en = "Who is the funder, what is the account for, why did the mother pay?"

[params.mothers]
type = "int"
default = 1
min = 1
max = 100
doc = { zh = "把津贴转给出资人的最少人数", en = "mothers who pay the funder" }

[params.funds]
type = "int"
default = 3
min = 2
max = 200
doc = { zh = "出资人向单位转款的最少次数", en = "payments of the funder to the employer" }

[params.share]
type = "float"
default = 0.2
min = 0.0
max = 1.0
doc = { zh = "领取人占参保人数的最低比例", en = "claimants over enrolled" }

[returns]
kind = "employer"
subject = "the employer"
members = "employer, claimants and the funder"
amount = "allowance paid"
first_day = "first payment"
last_day = "last payment"
edges = "claims, transfers and funds"
--- */
MATCH (q:Person)-[f:FUNDS]->(e:Employer)<-[c:CLAIMS_FROM]-(p:Person)
WHERE c.benefit = 'maternity' AND f.n >= $funds AND p.id <> q.id AND e.maternity_claimants >= $share * e.n_insured
MATCH (p)-[t:PASSES_ON]->(q)
WHERE t.benefit = 'maternity' AND t.kin = 0 AND t.rent = 0
WITH e.id AS firm, q.id AS funder, count(DISTINCT p.id) AS payers, collect(DISTINCT t.eid) AS passed, collect(DISTINCT f.eid) AS funds
WHERE payers >= $mothers
MATCH (x:Person)-[k:CLAIMS_FROM]->(y:Employer)
WHERE y.id = firm AND k.benefit = 'maternity'
WITH firm, funder, passed, funds, coalesce(sum(k.amount), 0.0) AS amount, min(k.first_day) AS first_day, max(k.last_day) AS last_day,
  collect(DISTINCT x.id) AS claimants, collect(DISTINCT k.eid) AS claims
RETURN firm AS subject, [claimants, [funder]] AS members, amount AS amount, first_day AS first_day, last_day AS last_day,
  [claims, passed, funds] AS edges
ORDER BY subject, funder LIMIT $limit
