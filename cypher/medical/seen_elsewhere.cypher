/* ---
id = "seen_elsewhere"
typology = "H1"
funds = ["medical"]
severity = "yellow"
version = 1
status = "active"
requires = ["AWAY_DURING"]
basis = "医疗保障基金使用监督管理条例；医保发〔2021〕49号"
false_positives = [
    { zh = "请假外出", en = "a day’s leave" },
    { zh = "家属持卡乘车、取款", en = "relatives who use the card" },
    { zh = "日间病房", en = "a day ward" },
]
[title]
zh = "多名住院患者住院期间另有出行、办事、取款"
en = "Patients seen elsewhere while lying in hospital, again and again"
[triage]
zh = "夜查床位；核对护理记录与当天轨迹。"
en = "Check the beds at night; compare the nursing record with where the patient was."
[params.patients]
type = "int"
default = 3
min = 2
max = 1000
doc = { zh = "有矛盾的最少患者数", en = "patients whose stays are contradicted" }
[params.stays]
type = "int"
default = 2
min = 1
max = 50
doc = { zh = "每人有矛盾的最少住院次数", en = "contradicted stays of each" }
[params.lift]
type = "float"
default = 2.0
min = 1.0
max = 100.0
doc = { zh = "矛盾比例为全部医院的倍数", en = "share of such stays over that of all hospitals, at least" }
[returns]
kind = "clinic"
subject = "the hospital"
members = "hospital and patients"
amount = "paid by the fund for these stays"
first_day = "first stay"
last_day = "last stay"
edges = "stays and traces"
--- */
MATCH (p:Person)-[r:AWAY_DURING]->(c:Clinic)
WHERE r.stays >= $stays AND c.away_lift >= $lift
WITH c, coalesce(sum(r.amount), 0.0) AS amount, min(r.first_day) AS first_day, max(r.last_day) AS last_day,
  count(DISTINCT p.id) AS people, collect(DISTINCT p.id) AS patients, collect(DISTINCT r.eid) AS edges
WHERE people >= $patients
RETURN c.id AS subject, patients AS members, amount AS amount, first_day AS first_day, last_day AS last_day, edges AS edges
ORDER BY subject LIMIT $limit
