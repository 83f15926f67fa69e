/* ---
id = "same_weeks"
typology = "H2"
funds = ["pension"]
severity = "orange"
version = 1
basis = "none: a toy"
false_positives = ["none: a toy"]
triage = { zh = "玩具", en = "a toy" }
title = { zh = "玩具 same_weeks", en = "Toy same_weeks" }

[params.weeks]
type = "int"
default = 2
min = 1
max = 52
doc = "weeks at the same clinic"

[returns]
kind = "person"
subject = "who it is about"
members = "who belongs to it"
amount = "yuan"
first_day = "first day"
last_day = "last day"
edges = "what bears it"
--- */
MATCH (p:Person)-[v:VISITS]->(c:Clinic)<-[w:VISITS]-(q:Person)
WHERE p.id < q.id AND v.week = w.week
WITH p, q, c, coalesce(sum(v.cost), 0.0) AS amount, min(v.week) AS first_week, max(v.week) AS last_week, count(DISTINCT v.week) AS n,
  collect(DISTINCT v.eid) AS mine, collect(DISTINCT w.eid) AS theirs
WHERE n >= $weeks
RETURN p.id AS subject, [q.id, c.id] AS members, amount, first_week * 7 AS first_day, last_week * 7 AS last_day,
  [mine, theirs] AS edges
ORDER BY subject, q.id, c.id LIMIT $limit
