/* ---
id = "unwaged_staff_pay_one_hand"
typology = "P5"
funds = ["pension"]
severity = "orange"
version = 1
status = "active"
requires = ["GIVES_TO", "INSURED_BY"]
basis = "社会保险基金行政监督办法（令48号）第32条"
false_positives = [
    { zh = "初创企业欠薪，员工私下凑份子、还款", en = "a start-up in arrears whose staff settle debts among themselves" },
    { zh = "劳务派遣、人力资源外包由他人发薪", en = "dispatch or staffing: someone else pays the wages" },
]
[title]
zh = "单位无工资的参保人多数付钱给同一外人（挂靠代缴）"
en = "Most of an employer’s unwaged staff pay one and the same outsider"
[triage]
zh = "问参保人是否上过班、付的钱是否为代缴社保费；查单位有无经营。"
en = "Did they ever work there? Is what they pay their own contribution? Does the employer do business?"
[params.people]
type = "int"
default = 4
min = 2
max = 200
doc = { zh = "付钱给同一人的无工资参保人最少人数", en = "unwaged staff who pay the same person" }
[params.share]
type = "float"
default = 0.4
min = 0.05
max = 1.0
doc = { zh = "占单位无工资参保人数的最低比例", en = "of the employer’s unwaged staff, at least" }
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
members = "taker, payers and employer"
amount = "money given to the taker"
first_day = "first payment"
last_day = "last payment"
edges = "payments and enrolments"
--- */
MATCH (p:Person)-[f:GIVES_TO]->(q:Person), (p)-[i:INSURED_BY]->(e:Employer)
WHERE p.id <> q.id AND f.kin = 0 AND i.months >= $months AND i.waged_months <= $waged AND e.dispatch = 0
  AND f.first_day < i.last_day AND f.last_day > i.first_day
WITH q.id AS taker, e.id AS employer, max(e.n_unwaged) AS unwaged, coalesce(sum(f.amount), 0.0) AS amount, min(f.first_day) AS first_day,
  max(f.last_day) AS last_day, collect(DISTINCT p.id) AS payers, count(DISTINCT p.id) AS people,
  collect(DISTINCT f.eid) AS gifts, collect(DISTINCT i.eid) AS insured
WHERE people >= $people AND people >= $share * unwaged
RETURN taker AS subject, [payers, [employer]] AS members, amount AS amount, first_day AS first_day, last_day AS last_day,
  [gifts, insured] AS edges
ORDER BY subject, employer LIMIT $limit
