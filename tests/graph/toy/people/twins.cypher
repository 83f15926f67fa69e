/* ---
id = "twins"
typology = "P2"
funds = ["pension"]
severity = "orange"
version = 1
basis = "none: a toy"
false_positives = ["none: a toy"]
triage = { zh = "玩具", en = "a toy" }
title = { zh = "玩具 twins", en = "Toy twins" }

[params.score]
type = "float"
default = 0.5
min = 0
max = 1
doc = "how sure"

[returns]
kind = "person"
subject = "who it is about"
members = "who belongs to it"
amount = "yuan"
first_day = "first day"
last_day = "last day"
edges = "what bears it"
--- */
MATCH (p:Person)-[s:POSSIBLY_SAME]->(q:Person)
WHERE s.score >= $score AND p.id <> q.id AND EXISTS { MATCH (p)-[:DRAWS]->(:Account) } AND EXISTS { MATCH (q)-[:DRAWS]->(:Account) }
OPTIONAL MATCH (q)-[d:DRAWS]->(a:Account)
WITH p, q, s, coalesce(sum(d.amount), 0.0) AS amount, min(d.first_day) AS first_day, max(d.last_day) AS last_day,
  collect(d.eid) AS draws
RETURN p.id AS subject, [q.id] AS members, amount, first_day, last_day, [[s.eid], draws] AS edges
ORDER BY subject, q.id LIMIT $limit
