/* ---
id = "certified_after_death"
typology = "P1"
funds = ["pension"]
severity = "red"
version = 1
status = "active"
requires = ["CERTIFIED_ON"]
basis = "社会保险法 第88条；刑法 第266条"
false_positives = [
    { zh = "社区工作人员设备录入他人死亡日期有误", en = "a wrong date of death for someone certified on a clerk’s device" },
    { zh = "死亡日期由户籍迟报", en = "the register reports the death late" },
]

[title]
zh = "多名死者在同一设备上“通过”认证"
en = "Several of the dead certified on one device"

[triage]
zh = "查该设备归谁、在何处登录，死者认证时用的是照片还是录像。"
en = "Find whose device it is and where it was used; was the face a photograph or a film?"

[params.people]
type = "int"
default = 2
min = 2
max = 50
doc = { zh = "同一设备上死后被认证的最少人数", en = "dead people certified on one device" }

[returns]
kind = "person"
subject = "the first of the dead"
members = "the dead who were certified there, and who receives their money"
amount = "pension paid after the deaths"
first_day = "first of the deaths"
last_day = "last certification"
edges = "certifications and transfers"
--- */
MATCH (d:Device)<-[c:CERTIFIED_ON]-(p:Person)
WHERE c.after_death > 0 AND p.paid_months_after_death > 0
WITH d, p, max(c.last_day) AS certified
WITH d, count(p.id) AS people, min(p.id) AS first_dead, collect(p.id) AS dead, coalesce(sum(p.paid_after_death), 0.0) AS amount,
  min(p.death_day) AS first_day, max(certified) AS last_day
WHERE people >= $people
MATCH (d)<-[k:CERTIFIED_ON]-(x:Person)
WHERE k.after_death > 0
OPTIONAL MATCH (x)-[t:PASSES_ON]->(q:Person)
WHERE t.benefit = 'pension' AND t.last_day > x.death_day
WITH d, first_dead, dead, amount, first_day, last_day, collect(DISTINCT k.eid) AS ways, collect(DISTINCT q.id) AS takers,
  collect(DISTINCT t.eid) AS passed
RETURN first_dead AS subject, [dead, takers] AS members, amount AS amount, first_day AS first_day, last_day AS last_day,
  [ways, passed] AS edges
ORDER BY subject LIMIT $limit
