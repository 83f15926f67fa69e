/* ---
id = "one_doctor_for_all"
typology = "H5"
funds = ["medical"]
severity = "yellow"
version = 1
status = "active"
requires = ["LOYAL_TO"]
basis = "医疗保障基金使用监督管理条例；医疗保障定点医疗机构医保医师管理规定"
false_positives = [
    { zh = "专病专科中心", en = "a specialist centre" },
    { zh = "家庭医生签约", en = "family doctors and their contracted patients" },
    { zh = "乡镇机构医师很少", en = "a township clinic with few doctors" },
]
[title]
zh = "一名医师集中了机构的固定患者和高额费用"
en = "One doctor with most of the regular patients and far dearer visits"
[triage]
zh = "抽查处方与病历；问患者是否见过该医师、药给了谁。"
en = "Sample prescriptions and charts; ask patients whether they saw the doctor and who has the drugs."
[params.patients]
type = "int"
default = 8
min = 3
max = 10000
doc = { zh = "固定患者的最少人数", en = "regular patients" }
[params.lift]
type = "float"
default = 1.5
min = 1.0
max = 100.0
doc = { zh = "次均基金支付为其他医师的倍数", en = "fund per visit over that of the other doctors, at least" }
[params.share]
type = "float"
default = 0.4
min = 0.05
max = 1.0
doc = { zh = "占机构基金支付的最低比例", en = "share of what the fund pays the clinic" }
[returns]
kind = "clinic"
subject = "the clinic"
members = "clinic and patients"
amount = "paid by the fund for these visits"
first_day = "first visit"
last_day = "last visit"
edges = "the visits"
--- */
MATCH (p:Person)-[l:LOYAL_TO]->(c:Clinic)
WHERE l.lift >= $lift AND l.doctor_share >= $share
WITH c, l.doctor AS doctor, coalesce(sum(l.amount), 0.0) AS amount, min(l.first_day) AS first_day, max(l.last_day) AS last_day,
  count(DISTINCT p.id) AS people, collect(DISTINCT p.id) AS patients, collect(DISTINCT l.eid) AS edges
WHERE people >= $patients
RETURN c.id AS subject, patients AS members, amount AS amount, first_day AS first_day, last_day AS last_day, edges AS edges
ORDER BY subject, amount LIMIT $limit
