/* ---
id = "sham_employment"
typology = "P5"
funds = ["pension"]
severity = "orange"
version = 2
status = "active"
requires = ["PAYS_FEE", "INSURED_BY"]
basis = "社会保险基金行政监督办法（令48号）第32条"
false_positives = [
    { zh = "劳务派遣、人力资源外包由他人发薪", en = "dispatch or staffing: someone else pays the wages" },
    { zh = "亏损初创企业", en = "a start-up without revenue" },
    { zh = "房租、借款", en = "rent, loans" },
]

[title]
zh = "无工资的“职工”定期向同一人付款（挂靠）"
en = "Staff without wages who pay one person regularly"

[triage]
zh = "问参保人是否上过班、每月付的钱是什么；查单位有无经营。"
en = "Ask whether they ever worked and what they pay for; does the employer do business?"

[params.people]
type = "int"
default = 3
min = 2
max = 200
doc = { zh = "非亲属付款人的最少人数", en = "payers, no kin" }

[params.payments]
type = "int"
default = 2
min = 2
max = 200
doc = { zh = "每人付款的最少次数", en = "payments each" }

[params.months]
type = "int"
default = 6
min = 1
max = 240
doc = { zh = "在单位参保的最少月数", en = "months enrolled" }

[params.waged]
type = "int"
default = 1
min = 0
max = 24
doc = { zh = "该单位有工资纳税的最多月数", en = "months with taxed wages there, at most" }

[returns]
kind = "person"
subject = "the taker"
members = "taker, payers and employers"
amount = "fees paid"
first_day = "first payment"
last_day = "last payment"
edges = "fees and enrolments"
--- */
MATCH (p:Person)-[f:PAYS_FEE]->(q:Person), (p)-[i:INSURED_BY]->(e:Employer)
WHERE p.id <> q.id AND f.kin = 0 AND f.n >= $payments AND i.months >= $months AND i.waged_months <= $waged
  AND f.first_day < i.last_day AND f.last_day > i.first_day
WITH q.id AS taker, e.id AS employer, coalesce(sum(f.amount), 0.0) AS amount, min(f.first_day) AS first_day,
  max(f.last_day) AS last_day, collect(DISTINCT p.id) AS payers, count(DISTINCT p.id) AS people,
  collect(DISTINCT f.eid) AS fees, collect(DISTINCT i.eid) AS insured
WHERE people >= $people
RETURN taker AS subject, [payers, [employer]] AS members, amount AS amount, first_day AS first_day, last_day AS last_day,
  [fees, insured] AS edges
ORDER BY subject, employer LIMIT $limit
