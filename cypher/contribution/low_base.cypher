/* ---
id = "low_base"
typology = "E1"
funds = ["pension"]
severity = "yellow"
version = 1
status = "active"
requires = ["INSURED_BY"]
basis = "社会保险法 第86条；社会保险稽核办法"
false_positives = [
    { zh = "奖金集中发放", en = "bonuses" },
    { zh = "缴费上下限（60%—300%）", en = "floor and ceiling of the base" },
    { zh = "灵活用工", en = "flexible work" },
]

[title]
zh = "缴费基数明显低于工资"
en = "Contribution base well below wages"

[triage]
zh = "比对工资总额、个税与申报基数。"
en = "Compare payroll, wage tax and declared base."

[params.ratio]
type = "float"
default = 0.7
min = 0.1
max = 1.0
doc = { zh = "缴费基数与应税工资之比的中位数低于此值", en = "median of base over taxed wage, below" }

[params.people]
type = "int"
default = 3
min = 1
max = 100000
doc = { zh = "有工资记录的最少参保人数", en = "enrolled people with taxed wages" }

[returns]
kind = "employer"
subject = "the employer"
members = "the employer"
amount = "null"
first_day = "null"
last_day = "null"
edges = "enrolments"
--- */
MATCH (p:Person)-[i:INSURED_BY]->(e:Employer)
WHERE e.base_to_wage < $ratio AND e.n_waged >= $people AND i.waged_months > 0
WITH e, min(i.first_day) AS first_day, max(i.last_day) AS last_day, collect(DISTINCT i.eid) AS edges
RETURN e.id AS subject, [e.id] AS members, 0.0 AS amount, first_day AS first_day, last_day AS last_day, edges AS edges
ORDER BY subject LIMIT $limit
