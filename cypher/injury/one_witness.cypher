/* ---
id = "one_witness"
typology = "W2"
funds = ["injury"]
severity = "yellow"
version = 1
status = "active"
requires = ["CLAIMS_FROM"]
basis = "社会保险基金行政监督办法（令48号）；工伤保险条例"
false_positives = [
    { zh = "安全员或班组长按职责作证", en = "a safety officer or foreman whose job it is" },
    { zh = "高风险行业", en = "a dangerous trade" },
    { zh = "同名证明人", en = "namesakes" },
]
[title]
zh = "小单位多起工伤由同一人证明"
en = "Several injuries of a small employer, one witness for all"
[triage]
zh = "分别询问证明人与伤者事故经过；调监控、考勤和首诊病历。"
en = "Question witness and injured apart; fetch camera, attendance and the first chart."
[params.people]
type = "int"
default = 3
min = 2
max = 500
doc = { zh = "同一证明人作证的最少人数", en = "injured people with the same witness" }
[params.rate]
type = "float"
default = 0.1
min = 0.0
max = 1.0
doc = { zh = "工伤人数占参保人数的最低比例", en = "injured over enrolled people, at least" }
[returns]
kind = "employer"
subject = "the employer"
members = "employer and the injured"
amount = "benefit paid"
first_day = "first payment"
last_day = "last payment"
edges = "the claims"
--- */
MATCH (p:Person)-[c:CLAIMS_FROM]->(e:Employer)
WHERE c.benefit = 'injury' AND c.witness IS NOT NULL AND e.injury_claimants >= $rate * e.n_insured
WITH e, c.witness AS witness, coalesce(sum(c.amount), 0.0) AS amount, min(c.first_day) AS first_day, max(c.last_day) AS last_day,
  count(DISTINCT p.id) AS people, collect(DISTINCT p.id) AS injured, collect(DISTINCT c.eid) AS edges
WHERE people >= $people
RETURN e.id AS subject, injured AS members, amount AS amount, first_day AS first_day, last_day AS last_day, edges AS edges
ORDER BY subject, amount LIMIT $limit
