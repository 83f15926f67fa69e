/* ---
id = "doubles_pay_one_hand"
typology = "P2"
funds = ["pension"]
severity = "red"
version = 1
status = "active"
requires = ["GIVES_TO", "DRAWS"]
basis = "社会保险法 第88条；刑法 第266条"
false_positives = [
    { zh = "同村的共同熟人、红白事随礼", en = "a common acquaintance of one village, gifts at weddings and funerals" },
    { zh = "小额借款往来", en = "small loans" },
    { zh = "收款人是小商贩、房东", en = "the taker is a small trader or landlord" },
]
[title]
zh = "几名重复领取者都付钱给同一人"
en = "Several who draw two pensions pay the same person"
[triage]
zh = "查收款人替谁办过退休、补缴或落户手续；问付款是什么钱。"
en = "For whom did the taker arrange a retirement, a back payment or a registration? Ask what was paid for."
[params.doubles]
type = "int"
default = 2
min = 2
max = 100
doc = { zh = "向其付款的重复领取者的最少人数（同一人的两个身份算一人）", en = "double-drawers who pay, the two identities of one counted once" }
[params.share]
type = "float"
default = 0.4
min = 0.05
max = 1.0
doc = { zh = "重复领取者占其全部非亲属付款人的最低比例", en = "share of them among all who pay the taker, kin aside" }
[params.givers]
type = "int"
default = 20
min = 2
max = 30
doc = { zh = "收款人的非亲属付款人不超过", en = "people, no kin, who pay the taker, at most" }
[returns]
kind = "person"
subject = "who is paid"
members = "the double-drawers with both identities, and their accounts"
amount = "what they paid"
first_day = "first payment"
last_day = "last payment"
edges = "payments and pensions"
--- */
MATCH (p:Person)-[g:GIVES_TO]->(q:Person)
WHERE p.double_id IS NOT NULL AND g.kin = 0 AND g.givers <= $givers AND p.id <> q.id
WITH q.id AS taker, coalesce(sum(g.amount), 0.0) AS amount, min(g.first_day) AS first_day, max(g.last_day) AS last_day,
  max(g.givers) AS givers, count(DISTINCT p.double_id) AS doubles, collect(DISTINCT p.double_id) AS names, collect(DISTINCT g.eid) AS gifts
WHERE doubles >= $doubles AND doubles >= $share * givers
MATCH (x:Person)-[d:DRAWS]->(a:Account)
WHERE x.double_id IN names AND d.benefit = 'pension'
WITH taker, amount, first_day, last_day, gifts, collect(DISTINCT x.id) AS people, collect(DISTINCT a.id) AS accounts,
  collect(DISTINCT d.eid) AS paid
RETURN taker AS subject, [people, accounts] AS members, amount AS amount, first_day AS first_day, last_day AS last_day,
  [gifts, paid] AS edges
ORDER BY subject LIMIT $limit
