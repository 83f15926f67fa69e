/* ---
id = "bases_at_the_floor"
typology = "E1"
funds = ["pension"]
severity = "yellow"
version = 1
status = "active"
requires = ["INSURED_BY"]
basis = "社会保险法 第86条；社会保险稽核办法"
false_positives = [
    { zh = "新参保当年按下限申报", en = "the first year is declared at the floor" },
    { zh = "年终奖拉高个税收入", en = "a bonus raises the taxed income" },
    { zh = "工资确在下限附近的行业", en = "trades whose wages are near the floor" },
]
[title]
zh = "几乎全员按最低基数缴费，工资却高于基数"
en = "Nearly everybody insured at the lowest base, though wages are higher"
[triage]
zh = "比对工资表、个税与申报基数，逐人核定。"
en = "Compare payroll, wage tax and declared bases person by person."
[params.share]
type = "float"
default = 0.8
min = 0.1
max = 1.0
doc = { zh = "按最低基数缴费的最低比例", en = "share of people at the lowest base" }
[params.ratio]
type = "float"
default = 0.85
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
WHERE e.floor_share >= $share AND e.base_to_wage < $ratio AND e.n_waged >= $people
WITH e, min(i.first_day) AS first_day, max(i.last_day) AS last_day, collect(DISTINCT i.eid) AS edges
RETURN e.id AS subject, [e.id] AS members, 0.0 AS amount, first_day AS first_day, last_day AS last_day, edges AS edges
ORDER BY subject LIMIT $limit
