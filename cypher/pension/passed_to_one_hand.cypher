/* ---
id = "passed_to_one_hand"
typology = "A1"
funds = ["pension"]
severity = "orange"
version = 1
status = "active"
requires = ["PASSES_ON"]
basis = "社会保险基金要情报告制度；刑法 第266条"
false_positives = [
    { zh = "子女为父母管钱", en = "children manage their parents’ money" },
    { zh = "房租、货款、团购", en = "rent, goods, group purchases" },
    { zh = "代收后转交", en = "collected and handed on" },
]

[title]
zh = "本人账户的养老金流向同一人"
en = "Pensions leave their owners’ accounts for one hand"

[triage]
zh = "问老人本人卡在谁手里；核对转账设备与收款人。"
en = "Ask the pensioners who holds their cards; compare the devices of the transfers with the taker’s."

[params.people]
type = "int"
default = 3
min = 2
max = 100
doc = { zh = "非亲属转出人的最少人数", en = "people, no kin of the taker, whose pension goes on" }

[params.share]
type = "float"
default = 0.35
min = 0.05
max = 1.0
doc = { zh = "转出金额占当期养老金的最低比例", en = "least share of the pension that goes on" }

[params.times]
type = "int"
default = 2
min = 1
max = 60
doc = { zh = "每人转出的最少次数", en = "transfers of each, at least" }

[params.kept]
type = "float"
default = 0.5
min = 0.0
max = 1.0
doc = { zh = "收款人至少留下的比例（未返还）", en = "least share that the taker keeps" }

[returns]
kind = "person"
subject = "the taker"
members = "taker and pensioners"
amount = "money passed on"
first_day = "first transfer"
last_day = "last transfer"
edges = "the transfers"
--- */
MATCH (p:Person)-[t:PASSES_ON]->(q:Person)
WHERE t.benefit = 'pension' AND t.kin = 0 AND t.rent = 0 AND t.share >= $share AND t.n >= $times
  AND t.returned <= (1.0 - $kept) * t.amount
WITH q, coalesce(sum(t.amount), 0.0) AS amount, min(t.first_day) AS first_day, max(t.last_day) AS last_day,
  count(DISTINCT p.id) AS people, collect(DISTINCT p.id) AS givers, collect(DISTINCT t.eid) AS edges
WHERE people >= $people
RETURN q.id AS subject, givers AS members, amount AS amount, first_day AS first_day, last_day AS last_day, edges AS edges
ORDER BY subject LIMIT $limit
