/* ---
id = "one_hand_many_funds"
typology = "I1"
funds = ["unemployment", "maternity", "pension"]
severity = "yellow"
version = 1
status = "draft"
requires = ["PASSES_ON"]
basis = "刑法 第266条；社会保险基金监督举报工作管理办法（令49号）"
false_positives = [
    { zh = "房东、小店主", en = "a landlord or shopkeeper" },
    { zh = "家族长辈管账", en = "the head of a family keeps the money" },
    { zh = "持证人力资源服务机构", en = "a licensed agency" },
]
[title]
zh = "不同险种的领取人都把待遇转给同一人"
en = "People who draw different benefits pass them to one person"
[triage]
zh = "查收款人是否代办各类待遇，按比例收钱。"
en = "Does the taker arrange benefits of all sorts for a share?"
[params.funds]
type = "int"
default = 2
min = 2
max = 5
doc = { zh = "险种的最少数目", en = "different benefits" }
[params.people]
type = "int"
default = 4
min = 2
max = 500
doc = { zh = "非亲属转出人的最少人数", en = "people, no kin, who pass it on" }
[params.share]
type = "float"
default = 0.15
min = 0.0
max = 1.0
doc = { zh = "转出占当期待遇的最低比例", en = "least share of the benefit that goes on" }
[returns]
kind = "person"
subject = "the taker"
members = "taker and claimants"
amount = "money passed on"
first_day = "first transfer"
last_day = "last transfer"
edges = "the transfers"
--- */
MATCH (p:Person)-[t:PASSES_ON]->(q:Person)
WHERE t.kin = 0 AND t.rent = 0 AND t.share >= $share AND t.returned <= 0.5 * t.amount AND p.id <> q.id AND q.agent_for <= 3
WITH q, coalesce(sum(t.amount), 0.0) AS amount, min(t.first_day) AS first_day, max(t.last_day) AS last_day,
  count(DISTINCT t.benefit) AS funds, count(DISTINCT p.id) AS people, collect(DISTINCT p.id) AS givers, collect(DISTINCT t.eid) AS edges
WHERE funds >= $funds AND people >= $people
RETURN q.id AS subject, givers AS members, amount AS amount, first_day AS first_day, last_day AS last_day, edges AS edges
ORDER BY subject LIMIT $limit
