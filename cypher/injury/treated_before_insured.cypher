/* ---
id = "treated_before_insured"
typology = "W1"
funds = ["injury"]
severity = "orange"
version = 1
status = "active"
requires = ["CLAIMS_FROM"]
basis = "工伤保险条例；社会保险基金行政监督办法（令48号）"
false_positives = [
    { zh = "当日参保合法", en = "enrolment on the same day is lawful" },
    { zh = "无关的旧伤就诊", en = "an unrelated earlier visit" },
    { zh = "补缴期规定", en = "rules for back payment" },
]

[title]
zh = "先受伤后参保"
en = "Injured first, insured afterwards"

[triage]
zh = "调首诊病历和120记录，核对参保经办时间。"
en = "Fetch the first chart and the ambulance log; compare the time of enrolment."

[params.lead]
type = "int"
default = 1
min = 0
max = 365
doc = { zh = "首诊早于申报事故日期的最少天数", en = "days by which the first treatment precedes the declared accident" }

[params.lag]
type = "int"
default = 0
min = -365
max = 30
doc = { zh = "参保到首诊的最多天数", en = "days from enrolment to the first treatment" }

[returns]
kind = "person"
subject = "the injured"
members = "the injured and the employer"
amount = "benefit paid"
first_day = "accident paid"
last_day = "last payment"
edges = "the claim"
--- */
MATCH (p:Person)-[c:CLAIMS_FROM]->(e:Employer)
WHERE c.benefit = 'injury' AND (c.visit_lead >= $lead OR c.insured_lag < $lag)
WITH p, coalesce(sum(c.amount), 0.0) AS amount, min(c.first_day) AS first_day, max(c.last_day) AS last_day,
  collect(DISTINCT e.id) AS others, collect(DISTINCT c.eid) AS edges
RETURN p.id AS subject, others AS members, amount AS amount, first_day AS first_day, last_day AS last_day, edges AS edges
ORDER BY subject LIMIT $limit
