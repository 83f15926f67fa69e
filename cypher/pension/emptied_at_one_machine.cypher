/* ---
id = "emptied_at_one_machine"
typology = "A1"
funds = ["pension"]
severity = "orange"
version = 1
status = "active"
requires = ["CO_CASHES"]
basis = "社会保险基金要情报告制度；刑法 第266条"
false_positives = [
    { zh = "老年夫妇、邻里结伴取款", en = "couples and neighbours who go to the bank together" },
]

[title]
zh = "多人账户在同一取款机接连取空"
en = "Accounts of many emptied at one cash machine together"

[triage]
zh = "调取该取款机的监控，看是否同一人操作。"
en = "See on the machine’s camera whether one person used all cards."

[params.partners]
type = "int"
default = 2
min = 2
max = 50
doc = { zh = "与本人接连取款的非亲属最少人数", en = "people, no kin, whose accounts are emptied beside one’s own" }

[params.days]
type = "int"
default = 3
min = 3
max = 60
doc = { zh = "共同取款的最少天数", en = "days on which it happened" }

[returns]
kind = "person"
subject = "the account holder with most company"
members = "the account holders"
amount = "null"
first_day = "first day"
last_day = "last day"
edges = "the days together"
--- */
MATCH (p:Person)-[c:CO_CASHES]-(q:Person)
WHERE c.kin = 0 AND c.days >= $days AND p.id <> q.id
WITH p, min(c.first_day) AS first_day, max(c.last_day) AS last_day, count(DISTINCT q.id) AS partners,
  collect(DISTINCT q.id) AS others, collect(DISTINCT c.eid) AS edges
WHERE partners >= $partners
RETURN p.id AS subject, others AS members, 0.0 AS amount, first_day AS first_day, last_day AS last_day, edges AS edges
ORDER BY subject LIMIT $limit
