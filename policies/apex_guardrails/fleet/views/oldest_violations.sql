-- Oldest violations
-- What fails and is not waived, since the first day on which a run or a baseline had it; the oldest first.
WITH seen AS (
  SELECT f.backend, f.fingerprint, min(f.day) AS first_day
  FROM findings AS f
  WHERE f.day < (SELECT day FROM last_run)
  GROUP BY f.backend, f.fingerprint
), violations AS (
  SELECT
    f.*,
    least(coalesce(s.first_day, f.day), coalesce(f.known_since, f.day)) AS since
  FROM findings AS f
  LEFT JOIN seen AS s ON s.backend = f.backend AND s.fingerprint = f.fingerprint
  WHERE
    f.day = (SELECT day FROM last_run) AND f.outcome = 'fails' AND f.status <> 'waived'
)
SELECT
  v.since,
  date_diff('day', v.since, v.day) AS days,
  v.owner,
  v.backend,
  v.project,
  v.stack,
  v.severity,
  v.is_blocking AS blocking,
  v.rule,
  v.name,
  v.type,
  v.status
FROM violations AS v
ORDER BY
  v.since,
  CASE v.severity WHEN 'critical' THEN 0 WHEN 'high' THEN 1 WHEN 'medium' THEN 2 ELSE 3 END,
  v.owner, v.backend, v.project, v.stack, v.rule, v.name
