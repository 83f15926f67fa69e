/* ---
id = "wages_go_round"
typology = "P5"
funds = ["pension"]
severity = "yellow"
version = 1
status = "active"
requires = ["CIRCULATES"]
basis = "社会保险基金行政监督办法（令48号）第32条"
false_positives = [
    { zh = "股东借款周转", en = "a shareholder’s loan" },
    { zh = "货款与工资巧合同额", en = "goods and wages of the same sum by chance" },
    { zh = "备用金报销往返", en = "petty cash advanced and settled" },
]
[title]
zh = "工资发出后几经转手又回到单位"
en = "Wages that come back to the employer over several hands"
[triage]
zh = "逐笔核对用途；问经手人为何转账。"
en = "Ask the purpose of every transfer and why each person passed it on."
[params.rounds]
type = "int"
default = 1
min = 1
max = 1000
doc = { zh = "同一单位账户的最少轮数", en = "rounds from one account, at least" }
[params.days]
type = "int"
default = 60
min = 1
max = 150
doc = { zh = "每轮的最多天数", en = "days of a round, at most" }
[returns]
kind = "account"
subject = "the organisation’s account"
members = "accounts and people of the rounds"
amount = "money that went round"
first_day = "first transfer"
last_day = "last transfer"
edges = "the transfers"
--- */
MATCH (e:Employer)-[:ORGANISATION_OWNS]->(a:Account)-[s:CIRCULATES]->(x:Account)
WHERE s.firm = 1 AND s.last_day <= s.first_day + $days AND a.id <> x.id
WITH a, count(DISTINCT s.cycle) AS rounds, collect(DISTINCT s.cycle) AS cycles, collect(DISTINCT e.id) AS firms
WHERE rounds >= $rounds
MATCH (b:Account)-[c:CIRCULATES]->(d:Account)
WHERE c.cycle IN cycles AND b.id <> d.id
OPTIONAL MATCH (p:Person)-[:OWNS]->(b)
WITH a, firms, max(c.amount) AS amount, min(c.first_day) AS first_day, max(c.last_day) AS last_day, collect(DISTINCT b.id) AS accounts,
  collect(DISTINCT p.id) AS people, collect(DISTINCT c.eid) AS edges
RETURN a.id AS subject, [firms, accounts, people] AS members, amount AS amount, first_day AS first_day, last_day AS last_day, edges AS edges
ORDER BY subject LIMIT $limit
