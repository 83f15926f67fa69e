/* ---
id = "paid_far_above_peers"
typology = "A2"
funds = ["pension"]
severity = "yellow"
version = 1
status = "draft"
requires = ["DRAWS"]
basis = "社会保险基金行政监督办法（令48号）"
false_positives = [
    { zh = "缴费年限长、基数高的正常高待遇", en = "a long career on a high base" },
    { zh = "补发几个月合并一笔", en = "arrears of several months in one payment" },
    { zh = "调待补差", en = "a rise paid afterwards" },
]
[title]
zh = "单笔发放远超同险种同月均值"
en = "A payment far above its peers of the same scheme and month"
[triage]
zh = "对照待遇核定表重算；查由谁核定、何时调整。"
en = "Recalculate from the award; who set it and when was it changed?"
[params.sigma]
type = "float"
default = 5.0
min = 3.0
max = 50.0
doc = { zh = "超出均值的标准差倍数", en = "standard deviations above the mean, at least" }
[returns]
kind = "person"
subject = "the payee"
members = "the payee and the account"
amount = "paid in all"
first_day = "first payment"
last_day = "last payment"
edges = "payments"
--- */
MATCH (p:Person)-[d:DRAWS]->(a:Account)
WHERE d.deviation >= $sigma AND d.benefit <> 'maternity'
WITH p, coalesce(sum(d.amount), 0.0) AS amount, min(d.first_day) AS first_day, max(d.last_day) AS last_day,
  collect(DISTINCT a.id) AS accounts, collect(DISTINCT d.eid) AS edges
RETURN p.id AS subject, accounts AS members, amount AS amount, first_day AS first_day, last_day AS last_day, edges AS edges
ORDER BY subject LIMIT $limit
