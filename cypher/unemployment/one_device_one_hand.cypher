/* ---
id = "one_device_one_hand"
typology = "I1"
funds = ["unemployment"]
severity = "orange"
version = 1
status = "active"
requires = ["CLAIMS_ON", "GIVES_TO"]
basis = "社会保险法 第88条；刑法 第266条；社会保险基金监督举报工作管理办法（令49号）"
false_positives = [
    { zh = "持证人力资源机构代办并开票收费", en = "a licensed agency that files and invoices" },
    { zh = "社区公用自助机", en = "a public terminal of the community" },
    { zh = "合租、借款", en = "shared rent, loans" },
]
[title]
zh = "多人在同一设备上申领，并付钱给同一人"
en = "Claims of several people filed on one device, and most of them pay one person"
[triage]
zh = "查设备归谁；问申领人材料是谁备的、付了多少。"
en = "Whose device is it? Ask the claimants who prepared the papers and what they paid."
[params.people]
type = "int"
default = 3
min = 2
max = 500
doc = { zh = "既用该设备又付钱的最少人数", en = "claimants on the device who pay the taker" }
[params.share]
type = "float"
default = 0.5
min = 0.1
max = 1.0
doc = { zh = "占该设备申领人的比例超过", en = "of the claimants on the device, more than this share" }
[params.firms]
type = "int"
default = 3
min = 0
max = 1000
doc = { zh = "以收款人电话登记的企业超过此数视为公开代办", en = "more firms than this that register the taker's telephone make an open agent" }
[returns]
kind = "person"
subject = "the taker"
members = "taker and claimants on the device"
amount = "money given"
first_day = "first claim"
last_day = "last claim"
edges = "claims and payments"
--- */
MATCH (p:Person)-[c:CLAIMS_ON]->(d:Device)
WITH d, min(c.first_day) AS first_day, max(c.last_day) AS last_day, count(DISTINCT p.id) AS callers,
  collect(DISTINCT p.id) AS claimants, collect(DISTINCT c.eid) AS claims
WHERE callers >= $people
MATCH (d)<-[k:CLAIMS_ON]-(x:Person)-[g:GIVES_TO]->(q:Person)
WHERE g.kin = 0 AND q.agent_for <= $firms AND x.id <> q.id
WITH d, callers, claimants, claims, first_day, last_day, q.id AS taker, coalesce(sum(g.amount), 0.0) AS amount,
  count(DISTINCT x.id) AS givers, collect(DISTINCT g.eid) AS gifts
WHERE givers >= $people AND givers > $share * callers
RETURN taker AS subject, claimants AS members, amount AS amount, first_day AS first_day, last_day AS last_day, [claims, gifts] AS edges
ORDER BY subject, amount LIMIT $limit
