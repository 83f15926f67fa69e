-- Two firms of one hand in the business register: the same legal representative, telephone or seat. What more than six
-- firms share is an accountant's telephone or an office building, and joins nobody.
WITH trait AS (
    SELECT DISTINCT employer, 'legal_person' AS reason, person AS value, record_id FROM business WHERE person IS NOT NULL
    UNION SELECT DISTINCT employer, 'telephone', phone, record_id FROM business WHERE phone IS NOT NULL
    UNION SELECT DISTINCT employer, 'telephone', report_phone, record_id FROM business WHERE report_phone IS NOT NULL
    UNION SELECT DISTINCT employer, 'seat', address, record_id FROM business WHERE length(address) >= 8
),
firm AS (SELECT employer, reason, value, list(record_id) AS records FROM trait WHERE employer IS NOT NULL GROUP BY ALL),
few AS (SELECT reason, value, count(*) AS firms FROM firm GROUP BY reason, value HAVING count(*) BETWEEN 2 AND 6)
SELECT a.employer AS source, b.employer AS target, a.reason AS part, a.reason, max(f.firms) AS firms,
    list_sort(list_distinct(flatten([flatten(list(a.records)), flatten(list(b.records))]))) AS records
FROM few f JOIN firm a USING (reason, value) JOIN firm b USING (reason, value)
WHERE a.employer < b.employer GROUP BY a.employer, b.employer, a.reason
