/* ---
id = "shells_of_one_hand"
typology = "U2"
funds = ["unemployment"]
severity = "orange"
version = 1
status = "active"
requires = ["SAME_CONTROL", "CLAIMS_FROM"]
basis = "社会保险法 第88条；刑法 第266条"
false_positives = [
    { zh = "集团关联企业一并停产", en = "companies of one group close together" },
    { zh = "同一写字楼或代账公司的电话", en = "an office building or an accountant’s telephone" },
    { zh = "季节性用工", en = "seasonal work" },
]
[title]
zh = "同一控制人的几家单位先后集中申领失业金"
en = "Firms of one hand whose staff claim in waves"
[triage]
zh = "合并看两家单位的参保、解除和流水；查控制人是否收钱。"
en = "Look at enrolment, dismissal and accounts of both firms together; does their owner take money?"
[params.claimants]
type = "int"
default = 2
min = 1
max = 1000
doc = { zh = "每家单位的最少申领人数", en = "claimants of each firm" }
[params.share]
type = "float"
default = 0.4
min = 0.05
max = 1.0
doc = { zh = "申领人占参保人数的最低比例", en = "claimants over enrolled, of each firm" }
[params.waged]
type = "float"
default = 0.5
min = 0.0
max = 1.0
doc = { zh = "有工资纳税的人占参保人数的比例不超过", en = "people with taxed wages over enrolled, at most" }
[returns]
kind = "employer"
subject = "the firm whose id is smaller"
members = "both firms and the claimants"
amount = "benefit paid"
first_day = "first payment"
last_day = "last payment"
edges = "ties and claims"
--- */
MATCH (e:Employer)-[s:SAME_CONTROL]-(f:Employer)
WHERE e.id < f.id AND e.unemployment_claimants >= $claimants AND f.unemployment_claimants >= $claimants
  AND e.unemployment_claimants >= $share * e.n_insured AND f.unemployment_claimants >= $share * f.n_insured
  AND e.n_waged <= $waged * e.n_insured AND f.n_waged <= $waged * f.n_insured AND e.dispatch = 0 AND f.dispatch = 0
WITH e, f, collect(DISTINCT s.eid) AS ties
MATCH (p:Person)-[c:CLAIMS_FROM]->(g:Employer)
WHERE c.benefit = 'unemployment' AND (g.id = e.id OR g.id = f.id)
WITH e, f, ties, coalesce(sum(c.amount), 0.0) AS amount, min(c.first_day) AS first_day, max(c.last_day) AS last_day,
  collect(DISTINCT p.id) AS people, collect(DISTINCT c.eid) AS claims
RETURN e.id AS subject, [people, [f.id]] AS members, amount AS amount, first_day AS first_day, last_day AS last_day, [ties, claims] AS edges
ORDER BY subject, amount LIMIT $limit
