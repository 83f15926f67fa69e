/* ---
id = "back_paid_before_pension"
typology = "P6"
funds = ["pension"]
severity = "orange"
version = 1
status = "active"
requires = ["INSURED_BY"]
basis = "社会保险基金行政监督办法（令48号）；社会保险法 第88条"
false_positives = [
    { zh = "依仲裁或判决合法补缴", en = "a lawful back payment by award or judgment" },
    { zh = "历史遗留问题的政策性补缴", en = "a policy for old cases" },
    { zh = "改制企业欠费清缴", en = "a reformed enterprise that settles its arrears" },
]
[title]
zh = "同一单位多人退休前突击补缴多年"
en = "Years paid back just before the pension, several of one employer"
[triage]
zh = "核对补缴依据的仲裁、判决或劳动合同原件；看是否同一代理人、仲裁员。"
en = "Check the award, judgment or contract on which the back payment rests; is it always the same agent or arbitrator?"
[params.people]
type = "int"
default = 3
min = 2
max = 500
doc = { zh = "补缴的最少人数", en = "people who pay back" }
[params.months]
type = "int"
default = 36
min = 6
max = 480
doc = { zh = "每人补缴的最少月数", en = "months paid back by each" }
[params.before]
type = "int"
default = 365
min = 30
max = 3650
doc = { zh = "补缴到开始领取的最多天数", en = "days from the back payment to the first pension, at most" }
[returns]
kind = "employer"
subject = "the employer"
members = "employer and pensioners"
amount = "null: no money stands on the edge"
first_day = "first pension"
last_day = "last pension"
edges = "enrolments and back payments"
--- */
MATCH (p:Person)-[i:INSURED_BY]->(e:Employer)
WHERE i.late_months >= $months AND i.late_day <= p.pension_start_day + 31 AND i.late_day + $before >= p.pension_start_day
WITH e, min(p.pension_start_day) AS first_day, max(p.pension_start_day) AS last_day, count(DISTINCT p.id) AS payers,
  collect(DISTINCT p.id) AS people, collect(DISTINCT i.eid) AS edges
WHERE payers >= $people
RETURN e.id AS subject, people AS members, 0.0 AS amount, first_day AS first_day, last_day AS last_day, edges AS edges
ORDER BY subject LIMIT $limit
