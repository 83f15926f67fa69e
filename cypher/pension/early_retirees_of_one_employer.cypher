/* ---
id = "early_retirees_of_one_employer"
typology = "P4"
funds = ["pension"]
severity = "orange"
version = 1
status = "active"
requires = ["INSURED_BY"]
basis = "社会保险基金行政监督办法（令48号）；社会保险法 第88条"
false_positives = [
    { zh = "矿山、冶炼等特殊工种单位", en = "mines, smelters and other hazardous work" },
    { zh = "破产企业按政策提前退休", en = "early retirement by policy in a bankruptcy" },
    { zh = "女干部与女工人年龄不同", en = "different ages for women on the staff and on the floor" },
]
[title]
zh = "同一单位多人明显早于法定年龄退休"
en = "Several of one employer retire well before the age"
[triage]
zh = "核对特殊工种备案、病退鉴定和档案；看审批人、鉴定医院是否相同。"
en = "Check the filed hazardous jobs, the medical opinions and the files; is it always the same approver or hospital?"
[params.people]
type = "int"
default = 3
min = 2
max = 500
doc = { zh = "提前退休的最少人数", en = "people who retire early" }
[params.male]
type = "float"
default = 59.0
min = 40.0
max = 65.0
doc = { zh = "男职工退休年龄低于", en = "men younger than" }
[params.female]
type = "float"
default = 49.0
min = 40.0
max = 65.0
doc = { zh = "女职工退休年龄低于", en = "women younger than" }
[params.share]
type = "float"
default = 0.3
min = 0.0
max = 1.0
doc = { zh = "占该单位同期退休人数的最低比例", en = "share of the employer’s new pensioners" }
[returns]
kind = "employer"
subject = "the employer"
members = "employer and early pensioners"
amount = "null: no money stands on the edge"
first_day = "first pension"
last_day = "last pension"
edges = "enrolments"
--- */
MATCH (p:Person)-[i:INSURED_BY]->(e:Employer)
WHERE p.pension_start_day IS NOT NULL
WITH e, count(DISTINCT p.id) AS pensioners
MATCH (x:Person)-[k:INSURED_BY]->(e)
WHERE (x.sex = 'male' AND x.pension_start_age < $male) OR (x.sex = 'female' AND x.pension_start_age < $female)
WITH e, pensioners, min(x.pension_start_day) AS first_day, max(x.pension_start_day) AS last_day,
  count(DISTINCT x.id) AS early, collect(DISTINCT x.id) AS people, collect(DISTINCT k.eid) AS edges
WHERE early >= $people AND early >= $share * pensioners
RETURN e.id AS subject, people AS members, 0.0 AS amount, first_day AS first_day, last_day AS last_day, edges AS edges
ORDER BY subject LIMIT $limit
