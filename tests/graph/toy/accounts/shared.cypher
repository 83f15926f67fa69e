/* ---
id = "shared"
typology = "A1"
funds = ["pension"]
severity = "orange"
version = 1
basis = "none: a toy"
false_positives = ["none: a toy"]
triage = { zh = "玩具", en = "a toy" }
title = { zh = "玩具 shared", en = "Toy shared" }
requires = ["DRAWS"]

[params.people]
type = "int"
default = 3
min = 2
max = 100
doc = "people who draw into it"

[returns]
kind = "account"
subject = "who it is about"
members = "who belongs to it"
amount = "yuan"
first_day = "first day"
last_day = "last day"
edges = "what bears it"
--- */
MATCH (p:Person)-[d:DRAWS]->(a:Account)
WITH a, coalesce(sum(d.amount), 0.0) AS amount, min(d.first_day) AS first_day, max(d.last_day) AS last_day,
  collect(d.eid) AS edges, count(DISTINCT p.id) AS n, collect(DISTINCT p.id) AS people
WHERE n >= $people
RETURN a.id AS subject, people AS members, amount, first_day, last_day, edges
ORDER BY subject LIMIT $limit
