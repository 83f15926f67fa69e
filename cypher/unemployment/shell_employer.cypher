/* ---
id = "shell_employer"
typology = "U2"
funds = ["unemployment"]
severity = "orange"
version = 2
status = "active"
requires = ["CLAIMS_FROM", "PASSES_ON"]
basis = "社会保险法 第88条；刑法 第266条"
false_positives = [
    { zh = "真实关停、裁员", en = "a real closure or lay-off" },
    { zh = "季节性用工", en = "seasonal work" },
    { zh = "劳务派遣合同到期", en = "dispatch contracts that end" },
]

[title]
zh = "空壳单位成批“解除”后领失业金"
en = "A shell employer whose staff is dismissed onto benefit"

[triage]
zh = "看经营场所、纳税和发薪；问领取人是否上过班、钱给了谁。"
en = "Look at premises, taxes and payroll; ask claimants whether they worked and whom they paid."

[params.claimants]
type = "int"
default = 4
min = 2
max = 500
doc = { zh = "领失业金的最少人数", en = "people who claim" }

[params.share]
type = "float"
default = 0.4
min = 0.05
max = 1.0
doc = { zh = "领取人占参保人数的最低比例", en = "claimants over enrolled" }

[params.passers]
type = "int"
default = 2
min = 1
max = 100
doc = { zh = "把失业金转给同一非亲属的最少人数", en = "claimants who pass benefit on to the same stranger" }

[params.part]
type = "float"
default = 0.25
min = 0.0
max = 1.0
doc = { zh = "转给同一人的占领取人的最低比例", en = "of the claimants, at least this share pass it on to the same stranger" }

[params.firms]
type = "int"
default = 3
min = 0
max = 1000
doc = { zh = "以收款人电话登记的企业超过此数视为公开代办", en = "more firms than this that register the taker's telephone make an open agent" }

[returns]
kind = "employer"
subject = "the employer"
members = "employer, claimants and who takes their money"
amount = "benefit paid"
first_day = "first payment"
last_day = "last payment"
edges = "claims and transfers"
--- */
MATCH (p:Person)-[c:CLAIMS_FROM]->(e:Employer)
WHERE c.benefit = 'unemployment' AND e.unemployment_claimants >= $claimants AND e.unemployment_claimants >= $share * e.n_insured
WITH e, coalesce(sum(c.amount), 0.0) AS amount, min(c.first_day) AS first_day, max(c.last_day) AS last_day,
  collect(DISTINCT p.id) AS staff, collect(DISTINCT c.eid) AS claims
MATCH (e)<-[k:CLAIMS_FROM]-(x:Person)-[t:PASSES_ON]->(q:Person)
WHERE k.benefit = 'unemployment' AND t.benefit = 'unemployment' AND t.kin = 0 AND t.rent = 0 AND q.agent_for <= $firms
WITH e, staff, amount, first_day, last_day, claims, q.id AS taker, count(DISTINCT x.id) AS givers, collect(DISTINCT t.eid) AS passed
WHERE givers >= $passers AND givers >= $part * e.unemployment_claimants
RETURN e.id AS subject, [staff, [taker]] AS members, amount AS amount, first_day AS first_day, last_day AS last_day,
  [claims, passed] AS edges
ORDER BY subject, taker LIMIT $limit
