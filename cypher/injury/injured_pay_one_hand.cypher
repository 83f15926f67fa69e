/* ---
id = "injured_pay_one_hand"
typology = "W2"
funds = ["injury"]
severity = "orange"
version = 1
status = "active"
requires = ["CLAIMS_FROM", "GIVES_TO"]
basis = "社会保险法 第88条；刑法 第266条；工伤保险条例 第60条"
false_positives = [
    { zh = "同事间份子钱、借款", en = "a gift or a loan among colleagues" },
    { zh = "偿还单位垫付的医药费", en = "what the employer advanced for treatment is paid back" },
]
[title]
zh = "同一单位多名工伤领取人付钱给同一人"
en = "Injured of one employer pay the same person"
[triage]
zh = "问付款缘由；核对事故现场、证人和首诊记录，查收款人与单位的关系。"
en = "Ask what was paid for; check the scene, the witness and the first visit. What is the taker to the employer?"
[params.people]
type = "int"
default = 3
min = 2
max = 500
doc = { zh = "付款的最少工伤领取人数", en = "claimants, no kin, who pay the taker" }
[params.share]
type = "float"
default = 0.5
min = 0.05
max = 1.0
doc = { zh = "占该单位全部工伤领取人的最低比例", en = "share of all injured of the employer" }
[params.days]
type = "int"
default = 400
min = 1
max = 2000
doc = { zh = "付款与待遇发放相隔的最多天数", en = "days between payment and benefit, at most" }
[returns]
kind = "person"
subject = "the taker"
members = "claimants, taker and employer"
amount = "benefit of those who pay"
first_day = "first benefit or payment"
last_day = "last benefit or payment"
edges = "claims and payments"
--- */
MATCH (e:Employer)<-[c:CLAIMS_FROM]-(p:Person)-[f:GIVES_TO]->(q:Person)
WHERE c.benefit = 'injury' AND f.kin = 0 AND p.id <> q.id AND f.last_day >= c.first_day - $days AND f.first_day <= c.last_day + $days
WITH q, e, coalesce(sum(c.amount), 0.0) AS amount, min(c.first_day) AS first_claim, max(c.last_day) AS last_claim,
  min(f.first_day) AS first_gift, max(f.last_day) AS last_gift, count(DISTINCT p.id) AS payers, collect(DISTINCT p.id) AS people,
  collect(DISTINCT c.eid) AS claims, collect(DISTINCT f.eid) AS gifts
WHERE payers >= $people AND payers >= $share * e.injury_claimants
RETURN q.id AS subject, [people, [q.id], [e.id]] AS members, amount AS amount,
  CASE WHEN first_gift < first_claim THEN first_gift ELSE first_claim END AS first_day,
  CASE WHEN last_gift > last_claim THEN last_gift ELSE last_claim END AS last_day, [claims, gifts] AS edges
ORDER BY subject, amount LIMIT $limit
