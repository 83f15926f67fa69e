/* ---
id = "one_clerk_puts_back"
typology = "A2"
funds = ["pension"]
severity = "orange"
version = 2
status = "active"
requires = ["REDIRECTS"]
basis = "刑法 第382条、第264条；社会保险基金行政监督办法（令48号）"
false_positives = [
    { zh = "银行系统切换，短期内成批换卡后恢复", en = "a bank’s change of system: accounts changed and put back in one go" },
    { zh = "换卡期间暂发亲属账户", en = "paid to a relative while a card was replaced" },
    { zh = "同一窗口专管账户变更", en = "one counter handles all changes of accounts" },
]
[title]
zh = "同一经办人先后改动多人收款账号，发放后又改回"
en = "One clerk changes the accounts of several people, one after another, and puts them back after payments"
[triage]
zh = "调系统操作日志与授权，查中间账户开户资料和取款人。"
en = "Fetch the clerk’s log and authorisations; who opened the accounts in between and drew the money?"
[params.people]
type = "int"
default = 4
min = 2
max = 200
doc = { zh = "被改动又改回的最少人数", en = "people whose account was changed and put back" }
[params.days]
type = "int"
default = 150
min = 1
max = 400
doc = { zh = "改动到改回的最多天数", en = "days until it is put back, at most" }
[params.batch]
type = "int"
default = 2
min = 1
max = 100
doc = { zh = "同一经办人在相邻两周内改动又改回的最多人数，超过即视为成批处理", en = "people whose accounts the clerk changes and puts back within a fortnight; more are a batch" }
[returns]
kind = "person"
subject = "the payee whose id is smallest"
members = "payees and accounts"
amount = "benefit paid while changed"
first_day = "first change"
last_day = "last payment"
edges = "the changes"
--- */
MATCH (p:Person)-[r:REDIRECTS]->(a:Account)
WHERE r.clerk IS NOT NULL AND r.back_after <= $days AND r.n > 0 AND r.kin = 0 AND r.batch <= $batch
WITH r.clerk AS clerk, min(p.id) AS first_payee, coalesce(sum(r.amount), 0.0) AS amount, min(r.first_day) AS first_day,
  max(r.last_day) AS last_day, count(DISTINCT p.id) AS payees, collect(DISTINCT p.id) AS people, collect(DISTINCT a.id) AS accounts,
  collect(DISTINCT r.eid) AS edges
WHERE payees >= $people
RETURN first_payee AS subject, [people, accounts] AS members, amount AS amount, first_day AS first_day, last_day AS last_day, edges AS edges
ORDER BY subject, amount LIMIT $limit
