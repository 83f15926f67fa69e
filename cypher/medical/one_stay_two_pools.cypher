/* ---
id = "one_stay_two_pools"
typology = "X1"
funds = ["medical"]
severity = "orange"
version = 1
status = "active"
requires = ["DOUBLE_STAY"]
basis = "医疗保障基金使用监督管理条例"
false_positives = [
    { zh = "转院当天重叠", en = "the day of a transfer between hospitals" },
    { zh = "异地第二诊疗意见", en = "a second opinion elsewhere" },
    { zh = "结算冲销后重结", en = "a settlement reversed and made again" },
]
[title]
zh = "同一次住院在两地各结算一次"
en = "One stay settled in two pooling regions"
[triage]
zh = "调两地票据原件与病历，确认实际住在哪里。"
en = "Fetch the original bills and charts of both; where did the patient really lie?"
[params.times]
type = "int"
default = 1
min = 1
max = 50
doc = { zh = "重叠的最少次数", en = "times, at least" }
[returns]
kind = "person"
subject = "the patient"
members = "patient and hospitals"
amount = "the smaller settlement"
first_day = "first day"
last_day = "last day"
edges = "the settlements"
--- */
MATCH (p:Person)-[s:DOUBLE_STAY]->(c:Clinic)
WHERE s.pools = 1 AND s.same_cost = 1 AND s.n >= $times
WITH p, coalesce(sum(s.amount), 0.0) AS amount, min(s.first_day) AS first_day, max(s.last_day) AS last_day,
  collect(DISTINCT c.id) AS clinics, collect(DISTINCT s.clinic) AS others, collect(DISTINCT s.eid) AS edges
RETURN p.id AS subject, [clinics, others] AS members, amount AS amount, first_day AS first_day, last_day AS last_day, edges AS edges
ORDER BY subject LIMIT $limit
