/* ---
id = "joined_in_batches"
typology = "P5"
funds = ["pension"]
severity = "yellow"
version = 1
status = "draft"
requires = ["INSURED_BY"]
basis = "社会保险基金行政监督办法（令48号）第32条"
false_positives = [
    { zh = "新项目开工集中招工，工资由总包代发", en = "a new site hires at once and the contractor pays" },
    { zh = "劳务派遣、代理参保", en = "dispatch and enrolment agencies" },
    { zh = "个税尚未申报的初创企业", en = "a start-up that has not declared wage tax yet" },
]
[title]
zh = "无工资的“职工”成批同日参保"
en = "Staff without wages, enrolled in batches"
[triage]
zh = "问参保人由谁介绍、交给谁多少钱；看单位有无经营场所。"
en = "Who brought them and what did they pay? Has the employer a place of business?"
[params.batch]
type = "int"
default = 3
min = 2
max = 1000
doc = { zh = "同日参保的最少人数", en = "people enrolled on one day" }
[params.people]
type = "int"
default = 5
min = 2
max = 10000
doc = { zh = "以此方式参保的最少人数", en = "people enrolled in such batches" }
[params.unwaged]
type = "float"
default = 0.6
min = 0.1
max = 1.0
doc = { zh = "其中从无工资纳税记录的最低比例", en = "share of them without any taxed wage" }
[returns]
kind = "employer"
subject = "the employer"
members = "employer and the people enrolled in batches"
amount = "null: no money stands on the edge"
first_day = "first enrolment"
last_day = "last day enrolled"
edges = "enrolments"
--- */
MATCH (p:Person)-[i:INSURED_BY]->(e:Employer)
WHERE i.batch >= $batch AND e.dispatch = 0
WITH e, min(i.first_day) AS first_day, max(i.last_day) AS last_day,
  coalesce(sum(CASE WHEN i.waged_months = 0 THEN 1 ELSE 0 END), 0) AS unwaged,
  count(DISTINCT p.id) AS people, collect(DISTINCT p.id) AS staff, collect(DISTINCT i.eid) AS edges
WHERE people >= $people AND unwaged >= $unwaged * people
RETURN e.id AS subject, staff AS members, 0.0 AS amount, first_day AS first_day, last_day AS last_day, edges AS edges
ORDER BY subject LIMIT $limit
