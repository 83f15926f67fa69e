/* ---
id = "resold_drugs"
typology = "H4"
funds = ["medical"]
severity = "red"
version = 1
status = "active"
requires = ["RESELLS_TO"]
basis = "医保发〔2021〕49号"
false_positives = [
    { zh = "退货重扫", en = "goods returned and scanned again" },
    { zh = "扫码串号", en = "a misread code" },
]

[title]
zh = "药品追溯码重复结算（回流药）"
en = "Boxes settled twice: drugs bought back and sold again"

[triage]
zh = "盘点进销存，追查首次购药人药品去向与收款。"
en = "Take stock; ask the first buyers where the drugs went and who paid."

[params.codes]
type = "int"
default = 4
min = 1
max = 1000
doc = { zh = "重复结算的最少盒数", en = "boxes settled again" }

[params.sellers]
type = "int"
default = 2
min = 1
max = 100
doc = { zh = "首次结算人的最少人数", en = "people for whom they were settled first" }

[returns]
kind = "clinic"
subject = "who settles the boxes again"
members = "pharmacy and first buyers"
amount = "second settlements"
first_day = "first sale"
last_day = "last resale"
edges = "the boxes"
--- */
MATCH (p:Person)-[r:RESELLS_TO]->(c:Clinic)
WITH c, coalesce(sum(r.codes), 0.0) AS boxes, coalesce(sum(r.amount), 0.0) AS amount, min(r.first_day) AS first_day,
  max(r.last_day) AS last_day, count(DISTINCT p.id) AS first_buyers, collect(DISTINCT p.id) AS people,
  collect(DISTINCT r.eid) AS edges
WHERE boxes >= $codes AND first_buyers >= $sellers
RETURN c.id AS subject, people AS members, amount AS amount, first_day AS first_day, last_day AS last_day, edges AS edges
ORDER BY subject LIMIT $limit
