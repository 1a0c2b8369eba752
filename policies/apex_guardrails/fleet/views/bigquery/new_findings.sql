WITH earlier AS (
  SELECT
    f.backend,
    f.fingerprint,
    f.status
  FROM `fleet_dataset`.findings AS f
  WHERE
    f.day = (
      SELECT
        day_before
      FROM `fleet_dataset`.last_run
    )
), earlier_stacks AS (
  SELECT
    s.backend,
    s.project,
    s.stack,
    TRUE AS was_judged
  FROM `fleet_dataset`.stacks AS s
  WHERE
    s.day = (
      SELECT
        day_before
      FROM `fleet_dataset`.last_run
    )
)
SELECT
  f.owner,
  f.backend,
  f.project,
  f.stack,
  f.severity,
  f.is_blocking AS blocking,
  f.rule,
  f.name,
  f.type,
  f.message,
  CASE
    WHEN NOT e.status IS NULL
    THEN 'was ' || e.status
    WHEN s.was_judged IS NULL
    THEN 'stack was not judged'
    ELSE 'new finding'
  END AS why
FROM `fleet_dataset`.findings AS f
LEFT JOIN earlier AS e
  ON e.backend = f.backend AND e.fingerprint = f.fingerprint
LEFT JOIN earlier_stacks AS s
  ON s.backend = f.backend AND s.project = f.project AND s.stack = f.stack
WHERE
  f.day = (
    SELECT
      day
    FROM `fleet_dataset`.last_run
  )
  AND f.status = 'open'
  AND (
    e.status IS NULL OR e.status <> 'open'
  )
  AND NOT (
    SELECT
      day_before
    FROM `fleet_dataset`.last_run
  ) IS NULL
ORDER BY
  blocking DESC,
  CASE f.severity
    WHEN 'critical'
    THEN 0
    WHEN 'high'
    THEN 1
    WHEN 'medium'
    THEN 2
    ELSE 3
  END,
  f.owner,
  f.backend,
  f.project,
  f.stack,
  f.rule,
  f.name
