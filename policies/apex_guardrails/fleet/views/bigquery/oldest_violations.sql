WITH seen AS (
  SELECT
    f.backend,
    f.fingerprint,
    MIN(f.day) AS first_day
  FROM `fleet_dataset`.findings AS f
  WHERE
    f.day < (
      SELECT
        day
      FROM `fleet_dataset`.last_run
    )
  GROUP BY
    f.backend,
    f.fingerprint
), violations AS (
  SELECT
    f.*,
    LEAST(COALESCE(s.first_day, f.day), COALESCE(f.known_since, f.day)) AS since
  FROM `fleet_dataset`.findings AS f
  LEFT JOIN seen AS s
    ON s.backend = f.backend AND s.fingerprint = f.fingerprint
  WHERE
    f.day = (
      SELECT
        day
      FROM `fleet_dataset`.last_run
    )
    AND f.outcome = 'fails'
    AND f.status <> 'waived'
)
SELECT
  v.since,
  DATE_DIFF(v.day, v.since, DAY) AS days,
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
  CASE v.severity
    WHEN 'critical'
    THEN 0
    WHEN 'high'
    THEN 1
    WHEN 'medium'
    THEN 2
    ELSE 3
  END,
  v.owner,
  v.backend,
  v.project,
  v.stack,
  v.rule,
  v.name
