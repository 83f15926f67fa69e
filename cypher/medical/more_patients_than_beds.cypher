/* ---
id = "more_patients_than_beds"
typology = "H1"
funds = ["medical"]
severity = "orange"
version = 1
status = "active"
requires = ["VISITS"]
basis = "医疗保障基金使用监督管理条例；医保发〔2021〕49号"
false_positives = [
    { zh = "经批准的加床", en = "extra beds by permit" },
    { zh = "核定床位数据过时", en = "the licence on file is out of date" },
    { zh = "流感高峰", en = "a flu season" },
]
[title]
zh = "同一天在院人数超过核定床位"
en = "More patients at once than licensed beds"
[triage]
zh = "核对床位使用登记、加床审批与当日查房记录。"
en = "Compare the register of beds, permits for extra beds and the day’s ward round."
[params.ratio]
type = "float"
default = 1.1
min = 1.0
max = 20.0
doc = { zh = "在院峰值与核定床位之比", en = "peak of patients over licensed beds, at least" }
[params.beds]
type = "int"
default = 5
min = 1
max = 100000
doc = { zh = "核定床位下限", en = "licensed beds, at least" }
[returns]
kind = "clinic"
subject = "the hospital"
members = "the hospital"
amount = "null"
first_day = "first visit"
last_day = "last visit"
edges = "visits of inpatients"
--- */
MATCH (p:Person)-[v:VISITS]->(c:Clinic)
WHERE c.beds >= $beds AND c.peak_stays >= $ratio * c.beds AND v.inpatient > 0
WITH c, min(v.first_day) AS first_day, max(v.last_day) AS last_day, collect(DISTINCT v.eid) AS edges
RETURN c.id AS subject, [c.id] AS members, 0.0 AS amount, first_day AS first_day, last_day AS last_day, edges AS edges
ORDER BY subject LIMIT $limit
