SELECT 'd' || left(sha256(kind || device), 16) AS id, kind, count(DISTINCT person) AS n_people FROM (
    SELECT 'certification' AS kind, device, person FROM certification WHERE device IS NOT NULL AND person IS NOT NULL
    UNION ALL SELECT 'claim', device, person FROM unemployment_payment WHERE device IS NOT NULL AND person IS NOT NULL
    UNION ALL SELECT 'change', device, person FROM change_log WHERE device IS NOT NULL AND person IS NOT NULL
) GROUP BY kind, device
