SELECT a AS source, b AS target, min(relation) AS relation FROM kin_pair WHERE a < b GROUP BY a, b
