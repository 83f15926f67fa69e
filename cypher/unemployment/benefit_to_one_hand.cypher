/* ---
id = "benefit_to_one_hand"
typology = "I1"
funds = ["unemployment"]
severity = "orange"
version = 1
status = "active"
requires = ["PASSES_ON"]
basis = "社会保险法 第88条；刑法 第266条"
false_positives = [
    { zh = "公开的代办机构收取的小额服务费", en = "small fees of an open agency" },
    { zh = "合租、借款", en = "shared rent, loans" },
]

[title]
zh = "多人失业金流向同一人"
en = "Unemployment benefit of many goes to one hand"

[triage]
zh = "问领取人为何转账；查收款人与各单位的关系。"
en = "Ask claimants why they paid; find the taker’s ties to the employers."

[params.people]
type = "int"
default = 3
min = 2
max = 500
doc = { zh = "非亲属转出人的最少人数", en = "claimants, no kin, who pass benefit on" }

[params.share]
type = "float"
default = 0.3
min = 0.05
max = 1.0
doc = { zh = "转出金额占当期失业金的平均最低比例", en = "least mean share passed on" }

[params.firms]
type = "int"
default = 3
min = 0
max = 1000
doc = { zh = "以收款人电话登记的企业超过此数视为公开代办", en = "more firms than this that register the taker's telephone make an open agent" }

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
WHERE t.benefit = 'unemployment' AND t.kin = 0 AND t.rent = 0 AND q.agent_for <= $firms
WITH q, avg(t.share) AS mean_share, coalesce(sum(t.amount), 0.0) AS amount, min(t.first_day) AS first_day,
  max(t.last_day) AS last_day, count(DISTINCT p.id) AS givers, collect(DISTINCT p.id) AS people,
  collect(DISTINCT t.eid) AS edges
WHERE givers >= $people AND mean_share >= $share
RETURN q.id AS subject, people AS members, amount AS amount, first_day AS first_day, last_day AS last_day, edges AS edges
ORDER BY subject LIMIT $limit
