/* ---
id = "strangers_employed"
typology = "X2"
funds = ["unemployment"]
severity = "orange"
version = 1
status = "active"
requires = ["CLAIMS_FROM"]
basis = "社会保险法 第88条；刑法 第266条"
false_positives = [
    { zh = "外来务工人员集中的企业", en = "a plant that employs migrants" },
    { zh = "劳务派遣", en = "labour dispatch" },
    { zh = "真实关停", en = "a real closure" },
]

[title]
zh = "异地人员成批参保后领失业金"
en = "People of other provinces enrolled here and put on benefit"

[triage]
zh = "查领取人户籍地、招募人与交通食宿，向户籍地发协查函。"
en = "Find where claimants come from, who recruited and housed them; ask their home region for help."

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

[params.strangers]
type = "float"
default = 0.55
min = 0.1
max = 1.0
doc = { zh = "证件号属外省的参保人比例", en = "enrolled people whose identity number is of another province" }

[returns]
kind = "employer"
subject = "the employer"
members = "employer, claimants and who funds it"
amount = "benefit paid"
first_day = "first payment"
last_day = "last payment"
edges = "claims and funds"
--- */
MATCH (p:Person)-[c:CLAIMS_FROM]->(e:Employer)
WHERE c.benefit = 'unemployment' AND e.unemployment_claimants >= $claimants AND e.unemployment_claimants >= $share * e.n_insured
  AND e.region_share >= $strangers
WITH e, coalesce(sum(c.amount), 0.0) AS amount, min(c.first_day) AS first_day, max(c.last_day) AS last_day,
  collect(DISTINCT p.id) AS people, collect(DISTINCT c.eid) AS claims
OPTIONAL MATCH (q:Person)-[f:FUNDS]->(e)
WHERE f.n >= 3
WITH e, people, amount, first_day, last_day, claims, collect(DISTINCT q.id) AS funders, collect(DISTINCT f.eid) AS funds
RETURN e.id AS subject, [people, funders] AS members, amount AS amount, first_day AS first_day, last_day AS last_day,
  [claims, funds] AS edges
ORDER BY subject LIMIT $limit
