/* ---
id = "inpatients_paid_by_one_hand"
typology = "H1"
funds = ["medical"]
severity = "orange"
version = 1
status = "active"
requires = ["PAYS_PATIENT"]
basis = "医疗保障基金使用监督管理条例 第38条、第40条；刑法 第266条；医保发〔2021〕49号"
false_positives = [
    { zh = "雇主或工头给同村工人付工钱", en = "a foreman who pays his workers, all of one village" },
    { zh = "慈善或互助报销医药费", en = "a charity or a mutual fund that refunds what patients paid" },
    { zh = "护工、病友代垫后结清", en = "a carer or fellow patient settles what was advanced" },
]
[title]
zh = "同一医院的多名住院患者出院后不久收到同一人付款"
en = "Several inpatients of one hospital are paid by the same person soon after their stays"
[triage]
zh = "问患者是谁叫来住院、为何收款；查住院期间的生存轨迹、付款人与医院的往来。"
en = "Ask the patients who brought them and what they were paid for. Were they there during the stay? What is the payer to the hospital?"
[params.people]
type = "int"
default = 3
min = 2
max = 500
doc = { zh = "出院后收款的最少患者数", en = "patients paid after their stays" }
[params.surprise]
type = "float"
default = 5.0
min = 3.0
max = 50.0
doc = { zh = "偶然性的最低量级：5 表示至多十万分之一", en = "how far beyond chance, as an exponent of ten: 5 is one in 100,000 at most" }
[params.share]
type = "float"
default = 0.4
min = 0.01
max = 1.0
doc = { zh = "在付款人的全部收款人中的最低占比", en = "share of all whom the payer pays" }
[returns]
kind = "person"
subject = "the payer"
members = "payer, patients and clinic"
amount = "paid for the stays by the fund"
first_day = "first payment"
last_day = "last payment"
edges = "the payments"
--- */
MATCH (g:Person)-[r:PAYS_PATIENT]->(p:Person)
WHERE r.stay = 1 AND r.surprise >= $surprise AND r.patients >= $share * r.takers
WITH g, r.clinic AS clinic, r.doctor AS doctor, coalesce(sum(r.fund), 0.0) AS amount, min(r.first_day) AS first_day,
  max(r.last_day) AS last_day, count(DISTINCT p.id) AS people, collect(DISTINCT p.id) AS patients, collect(DISTINCT r.eid) AS edges
WHERE people >= $people
RETURN g.id AS subject, [patients, [g.id], [clinic]] AS members, amount AS amount, first_day AS first_day, last_day AS last_day, edges AS edges
ORDER BY subject, doctor LIMIT $limit
