/* ---
id = "cards_swiped_together"
typology = "H2"
funds = ["medical"]
severity = "orange"
version = 1
status = "active"
requires = ["CO_SWIPES"]
basis = "医疗保障基金使用监督管理条例"
false_positives = [
    { zh = "一家人一起购药（共济）", en = "a family shopping together" },
    { zh = "同事体检、单位医务室", en = "colleagues at the firm’s clinic" },
    { zh = "同村结伴赶集、村医代购", en = "villagers who go together, a village doctor who buys for them" },
    { zh = "透析等固定班次", en = "dialysis and other fixed shifts" },
]

[title]
zh = "同一终端多日接连刷卡的固定人群"
en = "The same cards at one terminal, day after day"

[triage]
zh = "问持卡人当天是否到店、卡在谁手里；查药品流向。"
en = "Ask holders whether they were there and who had the card; follow the goods."

[params.partners]
type = "int"
default = 3
min = 2
max = 100
doc = { zh = "固定同刷的最少人数（非亲属、同事、同村）", en = "partners who are neither kin, colleagues nor neighbours" }

[params.days]
type = "int"
default = 3
min = 2
max = 200
doc = { zh = "共同出现的最少天数", en = "days together" }

[returns]
kind = "person"
subject = "a card holder"
members = "card holders"
amount = "paid by fund and personal accounts on these days"
first_day = "first day"
last_day = "last day"
edges = "the days together"
--- */
MATCH (p:Person)-[c:CO_SWIPES]-(q:Person)
WHERE c.kin = 0 AND c.colleagues = 0 AND coalesce(c.neighbours, 0) = 0 AND c.days >= $days AND p.id <> q.id
WITH p, max(c.amount) AS amount, min(c.first_day) AS first_day, max(c.last_day) AS last_day,
  count(DISTINCT q.id) AS partners, collect(DISTINCT q.id) AS others, collect(DISTINCT c.eid) AS edges,
  collect(DISTINCT c.clinic) AS clinics
WHERE partners >= $partners
RETURN p.id AS subject, [others, clinics] AS members, amount AS amount, first_day AS first_day, last_day AS last_day, edges AS edges
ORDER BY subject LIMIT $limit
