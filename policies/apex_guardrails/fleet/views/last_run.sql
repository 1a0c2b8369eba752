-- The last run
-- The last day that was audited, and the one before it: what the other views are about.
SELECT
  max(day) AS day,
  (SELECT max(day) FROM runs WHERE day < (SELECT max(day) FROM runs)) AS day_before
FROM runs
