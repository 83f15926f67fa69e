/* ---
id = "paid_after_death"
typology = "P1"
funds = ["pension"]
severity = "red"
version = 1
status = "active"
requires = ["DRAWS"]
basis = "社会保险法 第88条；社会保险基金行政监督办法（令48号）"
false_positives = [
    { zh = "死亡登记迟报1至3个月", en = "death registered one to three months late" },
    { zh = "同名同姓者的死亡被误配", en = "a namesake died" },
    { zh = "多发部分已追回", en = "the overpayment was recovered" },
    { zh = "宣告死亡被撤销", en = "a declaration of death was revoked" },
]

[title]
zh = "死后仍领养老金"
en = "Pension paid after death"

[triage]
zh = "先核对死亡证明与火化记录的身份证号，再查死后是谁取款、谁认证。"
en = "Check the identity number on the certificate of death and of cremation, then who drew the money and who certified afterwards."

[params.months]
type = "int"
default = 3
min = 1
max = 60
doc = { zh = "死亡次月之后仍发放的最少月数（扣除已追回）", en = "months paid later than the month after the death, recoveries taken off" }

[params.sources]
type = "int"
default = 2
min = 1
max = 3
doc = { zh = "独立死亡来源的最少数目", en = "independent departments that must report the death" }

[returns]
kind = "person"
subject = "the dead pensioner"
members = "the pensioner, the account, and who receives the money afterwards"
amount = "pension paid after the death, net"
first_day = "day of the death"
last_day = "last payment"
edges = "payments, transfers and certifications"
--- */
MATCH (p:Person)-[d:DRAWS]->(a:Account)
WHERE p.paid_months_after_death >= $months AND d.benefit = 'pension' AND d.last_day > p.death_day
  AND (p.death_sources >= $sources OR p.last_alive_day IS NULL OR p.last_alive_day <= p.death_day)
WITH p, max(d.last_day) AS last_day, collect(DISTINCT a.id) AS accounts, collect(DISTINCT d.eid) AS paid
OPTIONAL MATCH (p)-[t:PASSES_ON]->(q:Person)
WHERE t.benefit = 'pension' AND t.last_day > p.death_day
WITH p, accounts, last_day, paid, collect(DISTINCT q.id) AS takers, collect(DISTINCT t.eid) AS passed
RETURN p.id AS subject, [accounts, takers] AS members, p.paid_after_death AS amount, p.death_day AS first_day,
  last_day AS last_day, [paid, passed] AS edges
ORDER BY subject LIMIT $limit
