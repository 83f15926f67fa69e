/* ---
id = "two_identities"
typology = "P2"
funds = ["pension"]
severity = "red"
version = 1
status = "active"
requires = ["POSSIBLY_SAME", "DRAWS"]
basis = "社会保险法 第88条；刑法 第266条"
false_positives = [
    { zh = "双胞胎、同名同日出生的不同人", en = "twins; namesakes born on one day" },
    { zh = "证件号录入错误后已合并", en = "a mistyped number, merged since" },
]

[title]
zh = "疑似同一人的两个身份都在领养老金"
en = "Two identities, possibly one person, both draw a pension"

[triage]
zh = "比对两份档案的照片、户籍与参保经历；查谁去认证。"
en = "Compare photographs, registrations and insurance histories of both; find who certifies."

[params.score]
type = "float"
default = 0.5
min = 0.0
max = 1.0
doc = { zh = "同一人的最低可信度", en = "least score of being one person" }

[params.days]
type = "int"
default = 60
min = 1
max = 3650
doc = { zh = "领取期间重叠的最少天数", en = "days for which both draw" }

[returns]
kind = "person"
subject = "one identity"
members = "both identities and their accounts"
amount = "pension paid to the smaller"
first_day = "start of the overlap"
last_day = "end of the overlap"
edges = "the tie and the payments"
--- */
MATCH (x:Person)-[s:POSSIBLY_SAME]-(y:Person)
WHERE s.score >= $score AND x.id < y.id
MATCH (x)-[d:DRAWS]->(a:Account), (y)-[f:DRAWS]->(b:Account)
WHERE d.eid <> f.eid AND d.benefit = 'pension' AND f.benefit = 'pension' AND d.first_day + $days <= f.last_day AND f.first_day + $days <= d.last_day
WITH x, y, min(d.amount) AS amount_x, min(f.amount) AS amount_y, max(d.first_day) AS first_x,
  max(f.first_day) AS first_y, max(d.last_day) AS last_x, max(f.last_day) AS last_y,
  collect(DISTINCT a.id) AS one, collect(DISTINCT b.id) AS two, collect(DISTINCT s.eid) AS ties,
  collect(DISTINCT d.eid) AS paid_x, collect(DISTINCT f.eid) AS paid_y
RETURN x.id AS subject, [[y.id], one, two] AS members, CASE WHEN amount_x < amount_y THEN amount_x ELSE amount_y END AS amount,
  CASE WHEN first_x > first_y THEN first_x ELSE first_y END AS first_day,
  CASE WHEN last_x < last_y THEN last_x ELSE last_y END AS last_day, [ties, paid_x, paid_y] AS edges
ORDER BY subject, amount LIMIT $limit
