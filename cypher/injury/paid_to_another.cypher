/* ---
id = "paid_to_another"
typology = "W2"
funds = ["injury"]
severity = "orange"
version = 1
status = "active"
requires = ["DRAWS"]
basis = "社会保险基金行政监督办法（令48号）；刑法 第266条"
false_positives = [
    { zh = "单位先行垫付后由单位收回", en = "the employer advanced the money and is repaid" },
    { zh = "未成年子女、监护人", en = "a minor child or guardian" },
    { zh = "死亡待遇由继承人领取", en = "a death benefit paid to heirs" },
]
[title]
zh = "工伤待遇打入非亲属他人账户"
en = "Injury benefit paid to another person’s account, no kin"
[triage]
zh = "核对伤者身份、病历影像与收款人；是否冒名就医。"
en = "Compare the injured, the X-ray and the payee; was someone treated under another’s name?"
[params.amount]
type = "float"
default = 1000.0
min = 0.0
max = 10000000.0
doc = { zh = "金额下限（元）", en = "yuan, at least" }
[returns]
kind = "person"
subject = "the injured"
members = "the injured, the account and its holder"
amount = "benefit paid"
first_day = "first payment"
last_day = "last payment"
edges = "payments"
--- */
MATCH (p:Person)-[d:DRAWS]->(a:Account)<-[:OWNS]-(h:Person)
WHERE d.benefit = 'injury' AND d.own = 0 AND d.kin = 0 AND d.amount >= $amount AND p.death_day IS NULL AND p.id <> h.id
WITH p, coalesce(sum(d.amount), 0.0) AS amount, min(d.first_day) AS first_day, max(d.last_day) AS last_day,
  collect(DISTINCT a.id) AS accounts, collect(DISTINCT h.id) AS holders, collect(DISTINCT d.eid) AS edges
RETURN p.id AS subject, [accounts, holders] AS members, amount AS amount, first_day AS first_day, last_day AS last_day, edges AS edges
ORDER BY subject LIMIT $limit
