/* ---
id = "taken_over_account"
typology = "P7"
funds = ["pension"]
severity = "red"
version = 2
status = "active"
requires = ["TAKES_OVER"]
basis = "社会保险法 第88条；刑法 第266条"
false_positives = [
    { zh = "15位升18位、生僻字更正、少数民族姓名转写", en = "upgrade from 15 digits, repair of a rare character, transliteration" },
    { zh = "录入错误更正（同姓、同出生日期）", en = "correction of a slip (same surname, same date of birth)" },
    { zh = "登记时误录配偶信息，退休前更正（亲属之间的改动不计）", en = "a spouse’s data entered by mistake and corrected (changes between kin do not count)" },
]

[title]
zh = "姓名和证件号都被改成他人（双改）"
en = "Name and number both changed to another person’s"

[triage]
zh = "调取变更审批单和经办日志，核对两人的缴费经历。"
en = "Fetch the approval and the clerk’s log of the change; compare both people’s contributions."

[params.gain]
type = "float"
default = 100.0
min = 0.0
max = 1000000.0
doc = { zh = "改后领取养老金的最低金额（元）", en = "least pension drawn after the change, yuan" }

[returns]
kind = "person"
subject = "who draws now"
members = "who draws now, whose account it was, and who takes the money"
amount = "pension drawn since"
first_day = "first change"
last_day = "last payment"
edges = "changes, payments and transfers"
--- */
MATCH (x:Person)-[t:TAKES_OVER]->(y:Person)
WHERE t.amount >= $gain AND t.kin = 0 AND x.id <> y.id
WITH x, max(t.amount) AS amount, min(t.first_day) AS first_day, max(t.last_day) AS last_day,
  collect(DISTINCT y.id) AS before, collect(DISTINCT t.eid) AS changes
OPTIONAL MATCH (x)-[f:PAYS_FEE]->(q:Person)
WHERE f.kin = 0 AND f.n >= 3 AND f.last_day > first_day
WITH x, before, amount, first_day, last_day, changes, collect(DISTINCT q.id) AS takers, collect(DISTINCT f.eid) AS fees
RETURN x.id AS subject, [before, takers] AS members, amount AS amount, first_day AS first_day, last_day AS last_day,
  [changes, fees] AS edges
ORDER BY subject LIMIT $limit
