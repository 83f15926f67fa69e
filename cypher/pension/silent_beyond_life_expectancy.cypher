/* ---
id = "silent_beyond_life_expectancy"
typology = "P1"
funds = ["pension"]
severity = "yellow"
version = 2
status = "active"
requires = ["DRAWS"]
basis = "社会保险基金行政监督办法（令48号）；社会保险法 第88条"
false_positives = [
    { zh = "长寿老人，卧床少出门", en = "a very old person who rarely leaves the bed" },
    { zh = "随子女异地居住，轨迹不在本地", en = "lives with children elsewhere" },
    { zh = "家属代为就医取药", en = "relatives fetch the medicine" },
]
[title]
zh = "远超人均寿命、久无生存轨迹仍在领取"
en = "Far beyond life expectancy, long without a trace of life, still paid"
[triage]
zh = "上门见人核实；调最近一次认证影像。"
en = "Visit the person; look at the picture of the last certification."
[params.expectancy]
type = "float"
default = 78.6
min = 60.0
max = 95.0
doc = { zh = "当地人均预期寿命（岁）", en = "life expectancy of the region, years" }
[params.margin]
type = "float"
default = 10.0
min = 0.0
max = 40.0
doc = { zh = "超出的最少岁数", en = "years beyond it, at least" }
[params.silent]
type = "int"
default = 365
min = 30
max = 3650
doc = { zh = "最近一次发放前无轨迹、无就医的最少天数", en = "days without a trace of life or medical visit before the last pension, at least" }
[returns]
kind = "person"
subject = "the pensioner"
members = "the pensioner and the accounts"
amount = "pension paid"
first_day = "first payment"
last_day = "last payment"
edges = "payments"
--- */
MATCH (p:Person)-[d:DRAWS]->(a:Account)
WHERE p.last_pension_day - p.birth_day >= ($expectancy + $margin) * 365.25 AND p.death_day IS NULL AND d.benefit = 'pension'
  AND (p.last_trace_day IS NULL OR p.last_pension_day >= p.last_trace_day + $silent)
WITH p, coalesce(sum(d.amount), 0.0) AS amount, min(d.first_day) AS first_day, max(d.last_day) AS last_day,
  collect(DISTINCT a.id) AS accounts, collect(DISTINCT d.eid) AS edges
RETURN p.id AS subject, accounts AS members, amount AS amount, first_day AS first_day, last_day AS last_day, edges AS edges
ORDER BY subject LIMIT $limit
