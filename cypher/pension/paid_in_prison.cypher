/* ---
id = "paid_in_prison"
typology = "P3"
funds = ["pension"]
severity = "yellow"
version = 1
status = "active"
requires = ["DRAWS"]
basis = "社会保险法 第88条；人社部服刑人员待遇规定"
false_positives = [
    { zh = "缓刑、假释、社区矫正仍可领取", en = "probation, parole and community correction keep the benefit" },
    { zh = "同名", en = "a namesake" },
]

[title]
zh = "服刑期间仍领养老金"
en = "Pension paid in prison"

[triage]
zh = "核对判决执行日期与发放月份。"
en = "Compare the dates of the term with the months paid."

[params.months]
type = "int"
default = 2
min = 1
max = 120
doc = { zh = "服刑满月内仍发放的最少月数", en = "whole months in prison with a pension paid" }

[returns]
kind = "person"
subject = "the prisoner"
members = "prisoner and account"
amount = "pension paid"
first_day = "first payment"
last_day = "last payment"
edges = "payments"
--- */
MATCH (p:Person)-[d:DRAWS]->(a:Account)
WHERE p.prison_months_paid >= $months AND d.benefit = 'pension'
WITH p, coalesce(sum(d.amount), 0.0) AS amount, min(d.first_day) AS first_day, max(d.last_day) AS last_day,
  collect(DISTINCT a.id) AS others, collect(DISTINCT d.eid) AS edges
RETURN p.id AS subject, others AS members, amount AS amount, first_day AS first_day, last_day AS last_day, edges AS edges
ORDER BY subject LIMIT $limit
