/* ---
id = "after_death"
typology = "P1"
funds = ["pension"]
severity = "orange"
version = 1
basis = "none: a toy"
false_positives = ["none: a toy"]
triage = { zh = "玩具", en = "a toy" }
title = { zh = "玩具 after_death", en = "Toy after_death" }
[regions.north]
grace = 90

[params.grace]
type = "int"
default = 30
min = 0
max = 365
doc = { zh = "宽限天数", en = "days of grace" }

[returns]
kind = "person"
subject = "who it is about"
members = "who belongs to it"
amount = "yuan"
first_day = "first day"
last_day = "last day"
edges = "what bears it"
--- */
MATCH (p:Person)-[d:DRAWS]->(a:Account)
WHERE d.last_day > p.death_day + $grace
WITH p, coalesce(sum(d.amount), 0.0) AS amount, max(d.last_day) AS last_day, collect(d.eid) AS edges, collect(DISTINCT a.id) AS accounts
RETURN p.id AS subject, accounts AS members, amount, p.death_day AS first_day, last_day, edges
ORDER BY subject LIMIT $limit
