-- Boxes whose traceability code was settled twice: sold first to this person elsewhere, then again by this pharmacy.
WITH box AS (
    SELECT DISTINCT code, i.settlement_no, i.amount, i.record_id
    FROM (SELECT settlement_no, amount, record_id, unnest(trace_codes) AS code FROM settlement_item WHERE trace_codes IS NOT NULL) i
    WHERE length(code) = 20
),
sale AS (
    SELECT b.code, b.amount, b.record_id AS item, s.record_id AS settlement, s.person, s.clinic, s.settled_at,
        row_number() OVER (PARTITION BY b.code ORDER BY s.settled_at, s.record_id) AS k
    FROM box b JOIN settlement s USING (settlement_no) WHERE s.person IS NOT NULL AND s.clinic IS NOT NULL
)
SELECT x.person AS source, y.clinic AS target, count(DISTINCT x.code) AS codes, sum(y.amount) AS amount,
    day_of(min(x.settled_at)) AS first_day, day_of(max(y.settled_at)) AS last_day,
    list_sort(list_distinct(flatten([list(x.item), list(x.settlement), list(y.item), list(y.settlement)]))) AS records
FROM sale x JOIN sale y ON x.code = y.code AND y.k = x.k + 1
-- a box that the selling pharmacy itself sells again was returned, or scanned twice
WHERE x.person <> y.person AND x.clinic <> y.clinic GROUP BY x.person, y.clinic
