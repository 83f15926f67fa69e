-- Family ties that the data can show, in both directions: one household, a relative named on a death
-- certificate, a telephone shared by very few, and the surname of a generation apart. Money among kin is no crime.
CREATE TABLE person_phone AS
SELECT DISTINCT person, phone FROM (
    SELECT person, phone FROM enrolment
    UNION ALL SELECT person, phone FROM bank_account
    UNION ALL SELECT person, phone FROM labour_contract
    UNION ALL SELECT person, phone FROM life_trace
) WHERE person IS NOT NULL AND phone IS NOT NULL;

CREATE TABLE family_phone AS
SELECT phone FROM person_phone GROUP BY phone HAVING count(*) BETWEEN 2 AND 4;

-- A telephone that firms give as their own: an agent whom they engage openly.
CREATE TABLE firm_phone AS
SELECT phone, count(DISTINCT employer) AS n FROM (
    SELECT phone, employer FROM business UNION SELECT report_phone, employer FROM business
) WHERE phone IS NOT NULL GROUP BY phone;

CREATE TABLE surname AS
SELECT entity_id AS person, left(name_key(name), 1) AS surname, year(birth_date) AS born FROM entities WHERE kind = 'person';

CREATE TABLE kin_pair AS
WITH pairs AS (
    SELECT a.person AS a, b.person AS b, 'household' AS relation
    FROM home a JOIN home b ON a.household = b.household AND a.person <> b.person WHERE a.household IS NOT NULL
    UNION ALL
    SELECT a.person, b.person, 'telephone'
    FROM person_phone a JOIN family_phone USING (phone) JOIN person_phone b ON a.phone = b.phone AND a.person <> b.person
    UNION ALL
    SELECT t.giver, t.taker, 'generation'
    FROM (SELECT DISTINCT giver, taker FROM personal_transfer) t
    JOIN surname x ON x.person = t.giver JOIN surname y ON y.person = t.taker
    WHERE x.surname = y.surname AND abs(x.born - y.born) >= 16
)
SELECT a, b, min(relation) AS relation
FROM (SELECT a, b, relation FROM pairs UNION ALL SELECT b, a, relation FROM pairs) GROUP BY a, b;

-- In-laws and grandparents: kin of someone in one's own household.
INSERT INTO kin_pair
SELECT x.a, y.b, 'in-law'
FROM kin_pair x JOIN kin_pair y ON x.b = y.a
WHERE x.relation = 'household' AND y.relation IN ('generation', 'telephone') AND x.a <> y.b
    AND NOT EXISTS (FROM kin_pair k WHERE k.a = x.a AND k.b = y.b)
GROUP BY x.a, y.b;
INSERT INTO kin_pair
SELECT DISTINCT k.b, k.a, k.relation FROM kin_pair k
WHERE NOT EXISTS (FROM kin_pair r WHERE r.a = k.b AND r.b = k.a);
