/* ---
id = "employed_while_claiming"
typology = "U1"
funds = ["unemployment"]
severity = "yellow"
version = 1
status = "active"
requires = ["CLAIMS_FROM", "WAGED_BY"]
basis = "失业保险条例；社会保险法 第88条"
false_positives = [
    { zh = "参保登记滞后", en = "late registration" },
    { zh = "试用期、灵活就业", en = "probation, flexible work" },
    { zh = "个税补申报", en = "wage tax declared late" },
]

[title]
zh = "领失业金期间有工资"
en = "Waged while drawing unemployment benefit"

[triage]
zh = "核对入职日期与停领日期。"
en = "Compare the date of hiring with the end of the benefit."

[params.days]
type = "int"
default = 60
min = 28
max = 720
doc = { zh = "领取与纳税工资重叠的最少天数", en = "days for which benefit and taxed wages overlap" }

[returns]
kind = "person"
subject = "the claimant"
members = "claimant and both employers"
amount = "benefit paid"
first_day = "start of the overlap"
last_day = "last payment"
edges = "claim and wages"
--- */
MATCH (p:Person)-[c:CLAIMS_FROM]->(e:Employer), (p)-[w:WAGED_BY]->(f:Employer)
WHERE c.benefit = 'unemployment' AND e.id <> f.id AND w.first_day < c.last_day AND w.last_day >= c.first_day + $days
  AND c.last_day >= w.first_day + $days AND w.last_day - w.first_day <= 31 * w.n + 31
WITH p, max(c.amount) AS amount, min(w.first_day) AS first_day, max(c.last_day) AS last_day,
  collect(DISTINCT e.id) AS before, collect(DISTINCT f.id) AS after, collect(DISTINCT c.eid) AS claims,
  collect(DISTINCT w.eid) AS wages
RETURN p.id AS subject, [before, after] AS members, amount AS amount, first_day AS first_day, last_day AS last_day,
  [claims, wages] AS edges
ORDER BY subject LIMIT $limit
