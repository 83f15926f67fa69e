-- Where people are registered, and what says that they live or have died.
CREATE TABLE home AS
SELECT person, min(household_no) AS household, min(address) AS address,
    min(nullif(regexp_extract(address, '^(?:[^省]+省)?(?:[^市]+市)?([^县区市]+[县区市])', 1), '')) AS county,
    min(coalesce(
        nullif(regexp_extract(address, '^(.*?村)', 1), ''),
        nullif(regexp_extract(address, '^(.*?(?:街道|镇|乡))', 1) || regexp_extract(address, '号([^0-9号]{2,10}?)[0-9]', 1), '')
    )) AS community
FROM resident WHERE person IS NOT NULL GROUP BY person;

-- A death counts only under the person's own identity: number or name with date of birth, as resolution linked it.
CREATE TABLE death AS
SELECT person,
    count(DISTINCT source) AS sources,
    -- the register may record a death months late: its date counts only where no one else reports one
    coalesce(min(d) FILTER (source <> 'register'), min(d)) AS died,
    list(DISTINCT record_id ORDER BY record_id) AS records
FROM (
    SELECT person, 'certificate' AS source, death_at::DATE AS d, record_id FROM death_certificate
    WHERE coalesce(valid, 'valid') = 'valid'
    UNION ALL SELECT person, 'cremation', coalesce(death_date, cremation_date), record_id FROM cremation
    UNION ALL SELECT person, 'register', cancel_date, record_id FROM resident
    WHERE cancelled = 'yes' AND cancel_reason LIKE '%死亡%'
)
WHERE person IS NOT NULL AND d IS NOT NULL GROUP BY person;

-- What nobody can do for another: travel, be vaccinated, appear at a counter, lie in a ward.
CREATE TABLE alive AS
SELECT person, max(d) AS last_alive FROM (
    SELECT person, occurred_at::DATE AS d FROM life_trace WHERE trace_type IN ('rail', 'vaccination', 'service_hall', 'bus')
    UNION ALL SELECT person, start_date FROM settlement WHERE visit_type = 'inpatient'
)
WHERE person IS NOT NULL GROUP BY person;
