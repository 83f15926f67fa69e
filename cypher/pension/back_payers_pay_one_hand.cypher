/* ---
id = "back_payers_pay_one_hand"
typology = "P6"
funds = ["pension"]
severity = "orange"
version = 1
status = "active"
requires = ["GIVES_TO"]
basis = "社会保险基金行政监督办法（令48号）；社会保险法 第88条"
false_positives = [
    { zh = "集体企业历史遗留问题，由原单位人员统一代办", en = "former staff of a collective, helped by one of them under a document" },
    { zh = "律师代理仲裁的正常收费", en = "the ordinary fee of a lawyer in a labour arbitration" },
]
[title]
zh = "退休前一次性补缴多年，补缴人都付钱给同一人"
en = "Many years paid in just before the pension, and all who did so paid one person"
[triage]
zh = "调补缴依据（仲裁文书、工资凭证），核对签字人；问付给收款人的钱做什么。"
en = "Fetch the ruling and payroll behind the back payment; ask what the taker was paid for."
[params.people]
type = "int"
default = 3
min = 2
max = 200
doc = { zh = "付给同一人的补缴人最少人数", en = "people who paid in and pay the same person" }
[params.months]
type = "int"
default = 36
min = 6
max = 600
doc = { zh = "每人补缴的最少月数", en = "months paid afterwards, each" }
[params.before]
type = "int"
default = 365
min = 30
max = 3650
doc = { zh = "补缴距开始领取养老金的最多天数", en = "days from the back payment to the pension, at most" }
[params.near]
type = "int"
default = 180
min = 7
max = 1000
doc = { zh = "付钱距补缴的最多天数", en = "days between back payment and the money, at most" }
[returns]
kind = "person"
subject = "the taker"
members = "taker and people who paid in"
amount = "money given to the taker"
first_day = "first payment to the taker"
last_day = "last payment to the taker"
edges = "the payments"
--- */
MATCH (p:Person)-[g:GIVES_TO]->(q:Person)
WHERE p.back_paid_months >= $months AND p.back_paid_day <= p.pension_start_day + 31 AND p.back_paid_day + $before >= p.pension_start_day
  AND g.kin = 0 AND g.first_day <= p.back_paid_day + $near AND g.last_day + $near >= p.back_paid_day AND p.id <> q.id
WITH q, coalesce(sum(g.amount), 0.0) AS amount, min(g.first_day) AS first_day, max(g.last_day) AS last_day,
  count(DISTINCT p.id) AS payers, collect(DISTINCT p.id) AS people, collect(DISTINCT g.eid) AS edges
WHERE payers >= $people
RETURN q.id AS subject, people AS members, amount AS amount, first_day AS first_day, last_day AS last_day, edges AS edges
ORDER BY subject LIMIT $limit
