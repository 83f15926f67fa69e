/* ---
id = "base_below_peers"
typology = "E1"
funds = ["pension"]
severity = "yellow"
version = 1
status = "draft"
requires = ["INSURED_BY"]
basis = "社会保险法 第86条；社会保险稽核办法"
false_positives = [
    { zh = "以实习、非全日制人员为主", en = "mostly trainees or part-timers" },
    { zh = "行业分类登记过时", en = "the registered trade is out of date" },
]
[title]
zh = "缴费基数远低于同行业，且低于本单位工资"
en = "Bases far below those of the trade, and below the employer’s own wages"
[triage]
zh = "与同行业工资价位比对，查工资表。"
en = "Compare with the wages of the trade and look at the payroll."
[params.peers]
type = "float"
default = 0.7
min = 0.1
max = 1.0
doc = { zh = "基数中位数与同行业之比低于", en = "median base over that of the trade, below" }
[params.ratio]
type = "float"
default = 0.9
min = 0.1
max = 1.0
doc = { zh = "基数与应税工资之比的中位数低于", en = "median of base over taxed wage, below" }
[params.people]
type = "int"
default = 5
min = 1
max = 100000
doc = { zh = "有工资记录的最少参保人数", en = "enrolled people with taxed wages" }
[returns]
kind = "employer"
subject = "the employer"
members = "the employer"
amount = "null"
first_day = "first day enrolled"
last_day = "last day enrolled"
edges = "enrolments"
--- */
MATCH (p:Person)-[i:INSURED_BY]->(e:Employer)
WHERE e.base_to_peers < $peers AND e.base_to_wage < $ratio AND e.n_waged >= $people
WITH e, min(i.first_day) AS first_day, max(i.last_day) AS last_day, collect(DISTINCT i.eid) AS edges
RETURN e.id AS subject, [e.id] AS members, 0.0 AS amount, first_day AS first_day, last_day AS last_day, edges AS edges
ORDER BY subject LIMIT $limit
