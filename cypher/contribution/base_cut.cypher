/* ---
id = "base_cut"
typology = "E1"
funds = ["pension"]
severity = "yellow"
version = 1
status = "active"
requires = ["INSURED_BY"]
basis = "社会保险法 第86条；社会保险稽核办法"
false_positives = [
    { zh = "年度基数按上年工资核定，滞后一年", en = "bases follow the wages of the year before" },
    { zh = "停工停产降薪后个税补报", en = "wages cut in a stoppage, tax declared late" },
    { zh = "政策性下调下限", en = "the floor was lowered by policy" },
]
[title]
zh = "缴费基数同比大幅下降，工资未降"
en = "Bases cut against last year while wages were not"
[triage]
zh = "要求说明调低依据，比对同期工资与个税。"
en = "Ask for the reason and compare wages and wage tax of both years."
[params.ratio]
type = "float"
default = 0.8
min = 0.1
max = 1.0
doc = { zh = "同一人基数同比的中位数低于", en = "median of this year’s base over last year’s, below" }
[params.wages]
type = "float"
default = 0.95
min = 0.1
max = 5.0
doc = { zh = "同一人工资同比的中位数不低于", en = "median of the same for wages, at least" }
[params.people]
type = "int"
default = 3
min = 1
max = 100000
doc = { zh = "参保人数下限", en = "enrolled people, at least" }
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
WHERE e.base_change < $ratio AND e.wage_change >= $wages AND e.n_insured >= $people
WITH e, min(i.first_day) AS first_day, max(i.last_day) AS last_day, collect(DISTINCT i.eid) AS edges
RETURN e.id AS subject, [e.id] AS members, 0.0 AS amount, first_day AS first_day, last_day AS last_day, edges AS edges
ORDER BY subject LIMIT $limit
