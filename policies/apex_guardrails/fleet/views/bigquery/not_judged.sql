SELECT
  e.owner,
  e.backend,
  e.project,
  e.stack,
  e.kind,
  e.rule,
  e.message,
  e.source,
  e.attempts
FROM `fleet_dataset`.errors AS e
WHERE
  e.day = (
    SELECT
      day
    FROM `fleet_dataset`.last_run
  )
ORDER BY
  e.owner,
  e.kind,
  e.source,
  e.rule
