/* ---
id = "insured_while_claiming"
typology = "U1"
funds = ["unemployment"]
severity = "yellow"
version = 1
status = "active"
requires = ["CLAIMS_FROM", "INSURED_BY"]
basis = "失业保险条例；社会保险法 第88条"
false_positives = [
    { zh = "再就业登记滞后，重叠当月已退回", en = "the new job was registered late and the month paid back" },
    { zh = "挂靠缴费保留参保关系", en = "insured through an agency to keep the record unbroken" },
]
[title]
zh = "领失业金期间由别的单位参保"
en = "Insured by another employer while drawing unemployment benefit"
[triage]
zh = "核对新单位参保、发薪起始日与停领日；同单位多人如此的，查单位是否知情。"
en = "Compare the start at the new employer with the end of the benefit; where several did so, did the employer know?"
[params.days]
type = "int"
default = 60
min = 28
max = 720
doc = { zh = "领取与参保重叠的最少天数", en = "days for which benefit and enrolment overlap" }
[returns]
kind = "person"
subject = "the claimant"
members = "claimant and the new employers"
amount = "benefit paid"
first_day = "first enrolment there"
last_day = "last payment"
edges = "claim and enrolments"
--- */
MATCH (p:Person)-[c:CLAIMS_FROM]->(e:Employer), (p)-[i:INSURED_BY]->(f:Employer)
WHERE c.benefit = 'unemployment' AND e.id <> f.id AND i.first_day > c.first_day AND i.last_day >= c.first_day + $days
  AND c.last_day >= i.first_day + $days
WITH p, max(c.amount) AS amount, min(i.first_day) AS first_day, max(c.last_day) AS last_day, collect(DISTINCT f.id) AS after,
  collect(DISTINCT c.eid) AS claims, collect(DISTINCT i.eid) AS insured
RETURN p.id AS subject, after AS members, amount AS amount, first_day AS first_day, last_day AS last_day, [claims, insured] AS edges
ORDER BY subject LIMIT $limit
