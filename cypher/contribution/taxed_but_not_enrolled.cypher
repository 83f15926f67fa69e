/* ---
id = "taxed_but_not_enrolled"
typology = "E1"
funds = ["pension"]
severity = "yellow"
version = 2
status = "active"
requires = ["WAGED_BY"]
basis = "社会保险法 第86条；社会保险稽核办法"
false_positives = [
    { zh = "退休返聘", en = "pensioners who work on" },
    { zh = "劳务报酬、兼职", en = "contractors and part-timers" },
    { zh = "在外地或总公司参保", en = "enrolled elsewhere or by the parent" },
]
[title]
zh = "有工资个税而未参保（漏报人数）"
en = "Paid and taxed, but not enrolled"
[triage]
zh = "要求提供未参保人员名单与劳动合同，核实是否劳务、返聘。"
en = "Ask for the list and contracts of those who are not enrolled; are they pensioners or contractors?"
[params.people]
type = "int"
default = 3
min = 2
max = 100000
doc = { zh = "有个税而该单位从未参保的最少人数", en = "people taxed there, never enrolled by the employer, and by nobody else at the time" }
[params.share]
type = "float"
default = 0.2
min = 0.01
max = 1.0
doc = { zh = "占纳税人数的最低比例", en = "share of the people taxed there" }
[params.months]
type = "int"
default = 3
min = 1
max = 240
doc = { zh = "每人有工资而无任何参保的最少月数", en = "months of each with wages and enrolled by nobody" }
[returns]
kind = "employer"
subject = "the employer"
members = "the employer; the people stand at the edges"
amount = "null: what should have been paid is not known"
first_day = "first month"
last_day = "last month"
edges = "wages"
--- */
MATCH (p:Person)-[w:WAGED_BY]->(e:Employer)
WHERE w.uninsured >= $months AND e.n_uninsured >= $people AND e.dispatch = 0 AND p.last_pension_day IS NULL
WITH e, min(w.first_day) AS first_day, max(w.last_day) AS last_day,
  count(DISTINCT p.id) AS people, collect(DISTINCT w.eid) AS edges
WHERE people >= $people AND people >= $share * e.n_taxed
RETURN e.id AS subject, [e.id] AS members, 0.0 AS amount, first_day AS first_day, last_day AS last_day, edges AS edges
ORDER BY subject LIMIT $limit
