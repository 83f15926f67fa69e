SELECT DISTINCT person AS source, employer AS target, 'legal_person' AS role
FROM business WHERE person IS NOT NULL AND employer IS NOT NULL
