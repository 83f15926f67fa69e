/* ---
id = "benefit_from_elsewhere"
typology = "X2"
funds = ["unemployment"]
severity = "red"
version = 1
status = "active"
requires = ["PASSES_ON"]
basis = "社会保险法 第88条；刑法 第266条"
false_positives = [
    { zh = "合租、借款", en = "shared rent, loans" },
    { zh = "异地就业后返乡", en = "worked elsewhere and came home" },
]

[title]
zh = "领取外地失业金的多人向同一人付款"
en = "People on another region’s unemployment benefit pay one person"

[triage]
zh = "向发放地发协查函，核对参保单位与本人是否在当地工作过。"
en = "Ask the paying region which employer insured them, and whether they ever worked there."

[params.people]
type = "int"
default = 2
min = 2
max = 200
doc = { zh = "付款的最少人数（非亲属）", en = "payers, no kin" }

[params.share]
type = "float"
default = 0.15
min = 0.02
max = 1.0
doc = { zh = "转出占当期失业金的平均最低比例", en = "least mean share passed on" }

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
WHERE t.benefit = 'unemployment_elsewhere' AND t.kin = 0 AND t.rent = 0
WITH q, avg(t.share) AS mean_share, coalesce(sum(t.amount), 0.0) AS amount, min(t.first_day) AS first_day, max(t.last_day) AS last_day,
  count(DISTINCT p.id) AS givers, collect(DISTINCT p.id) AS people, collect(DISTINCT t.eid) AS edges
WHERE givers >= $people AND mean_share >= $share
RETURN q.id AS subject, people AS members, amount AS amount, first_day AS first_day, last_day AS last_day, edges AS edges
ORDER BY subject LIMIT $limit
