/* ---
id = "migrating_together"
typology = "H1"
funds = ["medical"]
severity = "yellow"
version = 1
status = "draft"
requires = ["CO_VISITS"]
basis = "医疗保障基金使用监督管理条例；医保发〔2021〕49号"
false_positives = [
    { zh = "同村老人结伴体检", en = "villagers who go for check-ups together" },
    { zh = "单位组织体检", en = "a check-up of one firm" },
    { zh = "病友互相介绍", en = "patients who recommend doctors to each other" },
]
[title]
zh = "一群人结伴在多家机构同周就医"
en = "A group seen in the same weeks at one institution after another"
[triage]
zh = "问由谁召集、有无返利；看是否车接车送。"
en = "Who calls them together, are they paid, who drives them?"
[params.partners]
type = "int"
default = 3
min = 2
max = 100
doc = { zh = "同伴的最少人数（非亲属、同村）", en = "partners who are neither kin nor neighbours" }
[params.clinics]
type = "int"
default = 3
min = 3
max = 100
doc = { zh = "共同到过的机构最少数目", en = "institutions in common" }
[params.weight]
type = "float"
default = 1.2
min = 0.1
max = 100.0
doc = { zh = "罕见度权重之和的下限", en = "sum of rarity weights, at least" }
[returns]
kind = "person"
subject = "a patient"
members = "patients"
amount = "paid by the fund for these visits"
first_day = "first week"
last_day = "last week"
edges = "the weeks together"
--- */
MATCH (p:Person)-[v:CO_VISITS]-(q:Person)
WHERE v.kin = 0 AND v.neighbours = 0 AND v.clinics >= $clinics AND v.weight >= $weight AND p.id <> q.id
WITH p, max(v.amount) AS amount, min(v.first_day) AS first_day, max(v.last_day) AS last_day, count(DISTINCT q.id) AS partners,
  collect(DISTINCT q.id) AS others, collect(DISTINCT v.eid) AS edges
WHERE partners >= $partners
RETURN p.id AS subject, others AS members, amount AS amount, first_day AS first_day, last_day AS last_day, edges AS edges
ORDER BY subject LIMIT $limit
