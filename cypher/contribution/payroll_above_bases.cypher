/* ---
id = "payroll_above_bases"
typology = "E1"
funds = ["pension"]
severity = "yellow"
version = 1
status = "active"
requires = ["INSURED_BY"]
basis = "社会保险法 第86条；社会保险稽核办法"
false_positives = [
    { zh = "劳务派遣费计入工资支出", en = "fees of a staffing firm booked as wages" },
    { zh = "退休返聘、兼职人员工资", en = "wages of pensioners and part-timers" },
    { zh = "缴费基数封顶的高工资", en = "wages above the ceiling of the base" },
]
[title]
zh = "企业所得税工资支出远超缴费基数总额"
en = "Payroll of the tax return far above the declared bases"
[triage]
zh = "调年度工资总账，看谁有工资而未参保、谁少报。"
en = "Fetch the payroll ledger: who is paid without enrolment, who is declared too low?"
[params.ratio]
type = "float"
default = 2.0
min = 1.1
max = 100.0
doc = { zh = "工资支出与年缴费基数之比的下限", en = "payroll over the year’s bases, at least" }
[params.people]
type = "int"
default = 5
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
WHERE e.payroll_to_base >= $ratio AND e.n_insured >= $people AND e.dispatch = 0
WITH e, min(i.first_day) AS first_day, max(i.last_day) AS last_day, collect(DISTINCT i.eid) AS edges
RETURN e.id AS subject, [e.id] AS members, 0.0 AS amount, first_day AS first_day, last_day AS last_day, edges AS edges
ORDER BY subject LIMIT $limit
