/* ---
id = "admitted_together_again"
typology = "H1"
funds = ["medical"]
severity = "orange"
version = 1
status = "active"
requires = ["CO_ADMITTED"]
basis = "医疗保障基金使用监督管理条例；医保发〔2021〕49号"
false_positives = [
    { zh = "康复、透析等固定周期", en = "rehabilitation, dialysis and other fixed cycles" },
    { zh = "医院旁的养老院", en = "a nursing home beside the hospital" },
    { zh = "单位或村定期体检后入院", en = "admissions after regular check-ups" },
]
[title]
zh = "本县同一批人三次以上成批住进同一医院"
en = "The same company admitted to one hospital three times and more"
[triage]
zh = "夜查床位；问谁召集、有无返利；核对入院指征。"
en = "Check the beds at night; who calls them together, are they paid; was there a reason to admit?"
[params.partners]
type = "int"
default = 3
min = 2
max = 100
doc = { zh = "多次同批入院的最少人数（非亲属）", en = "partners, no kin, admitted within three days again and again" }
[params.times]
type = "int"
default = 3
min = 2
max = 50
doc = { zh = "同批入院的最少次数", en = "times together" }
[params.lift]
type = "float"
default = 10.0
min = 1.0
max = 1000.0
doc = { zh = "同批入院次数至少为随机期望的倍数", en = "times together over what chance would bring, at least" }
[returns]
kind = "person"
subject = "a patient"
members = "patients and hospital"
amount = "paid by the fund for these stays"
first_day = "first stay"
last_day = "last stay"
edges = "the stays together"
--- */
MATCH (p:Person)-[c:CO_ADMITTED]-(q:Person)
WHERE c.kin = 0 AND c.far = 0 AND c.n >= $times AND c.n >= $lift * c.expected AND p.id <> q.id
WITH p, c.clinic AS clinic, max(c.amount) AS amount, min(c.first_day) AS first_day, max(c.last_day) AS last_day,
  count(DISTINCT q.id) AS partners, collect(DISTINCT q.id) AS others, collect(DISTINCT c.eid) AS edges
WHERE partners >= $partners
RETURN p.id AS subject, [others, [clinic]] AS members, amount AS amount, first_day AS first_day, last_day AS last_day, edges AS edges
ORDER BY subject, amount LIMIT $limit
