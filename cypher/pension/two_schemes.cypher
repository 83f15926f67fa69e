/* ---
id = "two_schemes"
typology = "P2"
funds = ["pension"]
severity = "orange"
version = 1
status = "active"
requires = ["DRAWS"]
basis = "社会保险法 第88条；城乡养老保险制度衔接暂行办法"
false_positives = [
    { zh = "职工与居民养老衔接当月", en = "the month of the handover between schemes" },
    { zh = "遗属补助、军转补贴不是养老金", en = "survivors’ and veterans’ allowances are no pensions" },
]

[title]
zh = "同一人同时领取两种养老金"
en = "One person draws two pensions at once"

[triage]
zh = "核对两种养老金的起止月份与转移接续单。"
en = "Compare the months of both pensions with the transfer form."

[params.months]
type = "int"
default = 3
min = 2
max = 60
doc = { zh = "重叠的最少月数（衔接月不算）", en = "months of overlap; a handover takes up to two" }

[returns]
kind = "person"
subject = "the pensioner"
members = "pensioner and accounts"
amount = "pension paid"
first_day = "first payment"
last_day = "last payment"
edges = "payments"
--- */
MATCH (p:Person)-[d:DRAWS]->(a:Account)
WHERE p.schemes_overlap_months >= $months AND d.benefit = 'pension'
WITH p, coalesce(sum(d.amount), 0.0) AS amount, min(d.first_day) AS first_day, max(d.last_day) AS last_day,
  collect(DISTINCT a.id) AS others, collect(DISTINCT d.eid) AS edges
RETURN p.id AS subject, others AS members, amount AS amount, first_day AS first_day, last_day AS last_day, edges AS edges
ORDER BY subject LIMIT $limit
