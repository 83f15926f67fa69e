/* ---
id = "sham_enrolment"
typology = "M1"
funds = ["maternity"]
severity = "orange"
version = 1
status = "active"
requires = ["CLAIMS_FROM"]
basis = "医疗保障基金使用监督管理条例；社会保险法 第88条"
false_positives = [
    { zh = "幼儿园、美容等年轻女员工多的单位", en = "nurseries and salons with many young women" },
    { zh = "人力资源外包", en = "staffing firms" },
    { zh = "正常换工作", en = "an ordinary change of job" },
]

[title]
zh = "单位成批挂靠骗取生育津贴"
en = "An employer of mothers-to-be"

[triage]
zh = "看是否真实上班发薪；问津贴分给了谁。"
en = "Was there work and pay? Ask with whom the allowance was shared."

[params.claimants]
type = "int"
default = 3
min = 2
max = 500
doc = { zh = "领取生育津贴的最少人数", en = "people who claim" }

[params.share]
type = "float"
default = 0.4
min = 0.05
max = 1.0
doc = { zh = "领取人占参保人数的最低比例", en = "claimants over enrolled" }

[params.joined]
type = "int"
default = 300
min = 30
max = 400
doc = { zh = "参保到分娩的最多天数", en = "days from joining to the delivery" }

[params.waged]
type = "float"
default = 0.5
min = 0.0
max = 1.0
doc = { zh = "有工资纳税记录的月份不足参保月份的比例", en = "share of enrolled months with taxed wages, at most" }

[returns]
kind = "employer"
subject = "the employer"
members = "employer, claimants and who takes their money"
amount = "allowance paid"
first_day = "first payment"
last_day = "last payment"
edges = "claims and transfers"
--- */
MATCH (p:Person)-[c:CLAIMS_FROM]->(e:Employer)
WHERE c.benefit = 'maternity' AND c.joined_before <= $joined AND c.waged_months <= $waged * c.tenure
  AND e.maternity_claimants >= $claimants AND e.maternity_claimants >= $share * e.n_insured
WITH e, coalesce(sum(c.amount), 0.0) AS amount, min(c.first_day) AS first_day, max(c.last_day) AS last_day,
  count(DISTINCT p.id) AS people, collect(DISTINCT p.id) AS mothers, collect(DISTINCT c.eid) AS claims
WHERE people >= $claimants
OPTIONAL MATCH (e)<-[k:CLAIMS_FROM]-(x:Person)-[t:PASSES_ON]->(q:Person)
WHERE k.benefit = 'maternity' AND t.benefit = 'maternity' AND t.kin = 0
WITH e, mothers, amount, first_day, last_day, claims, collect(DISTINCT q.id) AS takers, collect(DISTINCT t.eid) AS passed
RETURN e.id AS subject, [mothers, takers] AS members, amount AS amount, first_day AS first_day, last_day AS last_day,
  [claims, passed] AS edges
ORDER BY subject LIMIT $limit
