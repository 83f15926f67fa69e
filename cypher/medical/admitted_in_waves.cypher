/* ---
id = "admitted_in_waves"
typology = "H1"
funds = ["medical"]
severity = "orange"
version = 1
status = "active"
requires = ["CO_ADMITTED"]
basis = "医疗保障基金使用监督管理条例；医保发〔2021〕49号"
false_positives = [
    { zh = "医院旁的养老院", en = "a nursing home beside the hospital" },
    { zh = "老年夫妇同住院", en = "elderly couples" },
    { zh = "体检周、流感季", en = "a check-up week, a flu season" },
    { zh = "康复、精神科周期住院", en = "cycles of rehabilitation or psychiatry" },
]

[title]
zh = "外县人员多次成批住进同一医院"
en = "People of one far county admitted to one hospital in waves"

[triage]
zh = "夜查床位；核对入院当天本人在何处；问谁派车、谁组织。"
en = "Check the beds at night; where was the patient on the day; who sent the bus?"

[params.partners]
type = "int"
default = 3
min = 2
max = 100
doc = { zh = "多次同批入院的最少人数（非亲属）", en = "partners, no kin, admitted within three days more than once" }

[params.times]
type = "int"
default = 2
min = 2
max = 50
doc = { zh = "同批入院的最少次数", en = "times together" }

[params.waves]
type = "int"
default = 3
min = 2
max = 50
doc = { zh = "与至少一人同批入院的次数（一次集中体检只有一两批）", en = "waves shared with one partner at least; a check-up of the village makes one or two" }

[params.lift]
type = "float"
default = 3.0
min = 1.0
max = 100.0
doc = { zh = "同批入院次数至少为随机期望的倍数", en = "times together over what chance would bring, at least" }

[returns]
kind = "person"
subject = "a patient"
members = "patients and hospital"
amount = "paid by the fund for these stays"
first_day = "first wave"
last_day = "last wave"
edges = "the stays together"
--- */
MATCH (p:Person)-[c:CO_ADMITTED]-(q:Person)
WHERE c.kin = 0 AND c.far = 1 AND c.n >= $times AND c.n >= $lift * c.expected AND p.id <> q.id
WITH p, c.clinic AS clinic, max(c.amount) AS amount, max(c.n) AS waves, min(c.first_day) AS first_day, max(c.last_day) AS last_day,
  count(DISTINCT q.id) AS partners, collect(DISTINCT q.id) AS others, collect(DISTINCT c.eid) AS edges
WHERE partners >= $partners AND waves >= $waves
RETURN p.id AS subject, [others, [clinic]] AS members, amount AS amount, first_day AS first_day, last_day AS last_day,
  edges AS edges
ORDER BY subject LIMIT $limit
