/* ---
id = "allowance_above_peers"
typology = "M1"
funds = ["maternity"]
severity = "yellow"
version = 1
status = "active"
requires = ["CLAIMS_FROM"]
basis = "医疗保障基金使用监督管理条例；社会保险法 第88条"
false_positives = [
    { zh = "高管或专业人员正常跳槽", en = "a senior person who changed jobs" },
    { zh = "集团内部调动", en = "a move within one group" },
]
[title]
zh = "入职不久、计发基数远高于同类的生育津贴"
en = "An allowance far above its peers soon after joining"
[triage]
zh = "核对申报基数与实发工资、企业利润。"
en = "Compare the declared base with the wage paid and the employer’s profit."
[params.sigma]
type = "float"
default = 2.5
min = 1.0
max = 50.0
doc = { zh = "超出同年均值的标准差倍数", en = "standard deviations above the year’s mean, at least" }
[params.joined]
type = "int"
default = 300
min = 30
max = 400
doc = { zh = "参保到分娩的最多天数", en = "days from joining to the delivery" }
[returns]
kind = "person"
subject = "the claimant"
members = "claimant and employer"
amount = "allowance paid"
first_day = "first payment"
last_day = "last payment"
edges = "the claim"
--- */
MATCH (p:Person)-[c:CLAIMS_FROM]->(e:Employer)
WHERE c.benefit = 'maternity' AND c.deviation >= $sigma AND c.joined_before <= $joined AND c.joined_before >= 0
WITH p, coalesce(sum(c.amount), 0.0) AS amount, min(c.first_day) AS first_day, max(c.last_day) AS last_day,
  collect(DISTINCT e.id) AS firms, collect(DISTINCT c.eid) AS edges
RETURN p.id AS subject, firms AS members, amount AS amount, first_day AS first_day, last_day AS last_day, edges AS edges
ORDER BY subject LIMIT $limit
