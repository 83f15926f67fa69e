/* ---
id = "certified_in_prison"
typology = "P3"
funds = ["pension"]
severity = "orange"
version = 1
status = "active"
requires = ["CERTIFIED_ON"]
basis = "社会保险法 第88条；刑法 第266条"
false_positives = [
    { zh = "服刑期间请假外出或保外就医", en = "on leave from prison, or out for treatment" },
    { zh = "同名同号误关联", en = "another person of the same name or number" },
    { zh = "司法数据状态未更新", en = "the prison’s status is out of date" },
]
[title]
zh = "服刑期间仍有“本人”资格认证"
en = "Certified “in person” while in prison"
[triage]
zh = "查认证设备是谁的、还认证了谁；向监狱核实在押时间。"
en = "Whose device was it, and whom else did it certify? Ask the prison for the dates."
[params.times]
type = "int"
default = 1
min = 1
max = 50
doc = { zh = "服刑期间认证的最少次数", en = "certifications while in prison, at least" }
[returns]
kind = "person"
subject = "the prisoner"
members = "the prisoner"
amount = "null: the pension stands in paid_in_prison"
first_day = "first certification on the device"
last_day = "last certification on the device"
edges = "certifications"
--- */
MATCH (p:Person)-[c:CERTIFIED_ON]->(d:Device)
WHERE c.in_prison >= $times
WITH p, min(c.first_day) AS first_day, max(c.last_day) AS last_day, collect(DISTINCT c.eid) AS edges
RETURN p.id AS subject, [p.id] AS members, 0.0 AS amount, first_day AS first_day, last_day AS last_day, edges AS edges
ORDER BY subject LIMIT $limit
