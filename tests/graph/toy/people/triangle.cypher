/* ---
id = "triangle"
typology = "X2"
funds = ["pension"]
severity = "orange"
version = 1
basis = "none: a toy"
false_positives = ["none: a toy"]
triage = { zh = "玩具", en = "a toy" }
title = { zh = "玩具 triangle", en = "Toy triangle" }

[returns]
kind = "person"
subject = "who it is about"
members = "who belongs to it"
amount = "yuan"
first_day = "first day"
last_day = "last day"
edges = "what bears it"
--- */
MATCH (x:Person)-[r:POSSIBLY_SAME]->(y:Person), (y)-[s:POSSIBLY_SAME]->(z:Person), (z)-[t:POSSIBLY_SAME]->(x)
WHERE x.id < y.id AND x.id < z.id AND y.id <> z.id AND r.score > 0.3 AND s.score > 0.3 AND t.score > 0.3
RETURN x.id AS subject, [y.id, z.id] AS members, null AS amount, null AS first_day, null AS last_day,
  [r.eid, s.eid, t.eid] AS edges
ORDER BY subject, y.id, z.id, r.eid, s.eid, t.eid LIMIT $limit
