/* ---
id = "born_earlier_for_insurance"
typology = "P4"
funds = ["pension"]
severity = "orange"
version = 1
status = "active"
requires = ["DRAWS"]
basis = "社会保险基金行政监督办法（令48号）；社会保险法 第88条"
false_positives = [
    { zh = "档案与身份证不一致，依规定以档案为准", en = "file and identity card differ, and by the rules the file prevails" },
    { zh = "农历生日", en = "a birthday by the lunar calendar" },
    { zh = "户籍登记更正", en = "the register was corrected" },
]
[title]
zh = "参保登记的出生日期早于户籍"
en = "Born earlier for the insurance than in the household register"
[triage]
zh = "调原始档案，按“档案最早记载为准”核定；查谁修改了出生日期。"
en = "Fetch the personal file, whose earliest entry prevails; find who changed the date of birth."
[params.days]
type = "int"
default = 365
min = 30
max = 7300
doc = { zh = "早于户籍登记的最少天数", en = "days by which the insurance has the person born earlier, at least" }
[returns]
kind = "person"
subject = "the pensioner"
members = "the pensioner and the accounts"
amount = "pension paid"
first_day = "first payment"
last_day = "last payment"
edges = "payments"
--- */
MATCH (p:Person)-[d:DRAWS]->(a:Account)
WHERE p.birth_gap_days >= $days AND p.pension_start_day IS NOT NULL AND d.benefit = 'pension'
WITH p, coalesce(sum(d.amount), 0.0) AS amount, min(d.first_day) AS first_day, max(d.last_day) AS last_day,
  collect(DISTINCT a.id) AS accounts, collect(DISTINCT d.eid) AS edges
RETURN p.id AS subject, accounts AS members, amount AS amount, first_day AS first_day, last_day AS last_day, edges AS edges
ORDER BY subject LIMIT $limit
