/* ---
id = "readmitted_in_chains"
typology = "H6"
funds = ["medical"]
severity = "yellow"
version = 1
status = "active"
requires = ["READMITTED"]
basis = "医疗保障基金使用监督管理条例；医保发〔2021〕49号"
false_positives = [
    { zh = "化疗、透析等按计划往返", en = "chemotherapy, dialysis and other planned returns" },
    { zh = "康复、精神专科", en = "rehabilitation, psychiatry" },
    { zh = "病情反复的重症", en = "a severe disease that returns" },
]
[title]
zh = "多名患者反复出院又以同类病种入院（分解住院）"
en = "Patients discharged and readmitted again and again for the same disease"
[triage]
zh = "调连续几次病历，看出院时是否治愈、是否同一疗程被拆开。"
en = "Read the charts in a row: was the patient cured, or one course of treatment cut up?"
[params.patients]
type = "int"
default = 3
min = 2
max = 1000
doc = { zh = "反复入院的最少患者数", en = "patients who come back" }
[params.times]
type = "int"
default = 2
min = 1
max = 50
doc = { zh = "每人15日内再入院的最少次数", en = "readmissions within fifteen days of each" }
[params.lift]
type = "float"
default = 2.0
min = 1.0
max = 100.0
doc = { zh = "再入院比例为全部医院的倍数", en = "share of such stays over that of all hospitals, at least" }
[returns]
kind = "clinic"
subject = "the hospital"
members = "hospital and patients"
amount = "paid by the fund for these stays"
first_day = "first stay"
last_day = "last stay"
edges = "the stays"
--- */
MATCH (p:Person)-[r:READMITTED]->(c:Clinic)
WHERE r.planned = 0 AND r.n >= $times AND c.readmission_lift >= $lift
WITH c, coalesce(sum(r.amount), 0.0) AS amount, min(r.first_day) AS first_day, max(r.last_day) AS last_day,
  count(DISTINCT p.id) AS people, collect(DISTINCT p.id) AS patients, collect(DISTINCT r.eid) AS edges
WHERE people >= $patients
RETURN c.id AS subject, patients AS members, amount AS amount, first_day AS first_day, last_day AS last_day, edges AS edges
ORDER BY subject LIMIT $limit
