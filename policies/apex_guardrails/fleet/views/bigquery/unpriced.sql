SELECT
  c.type,
  c.status,
  c.reason,
  COUNT(*) AS resources,
  COUNT(DISTINCT c.backend || ' ' || c.project || ' ' || c.stack) AS stacks,
  COUNT(DISTINCT c.owner) AS teams
FROM `fleet_dataset`.costs AS c
WHERE
  c.day = (
    SELECT
      day
    FROM `fleet_dataset`.last_run
  )
  AND c.status IN ('unpriced', 'partly priced')
GROUP BY
  c.type,
  c.status,
  c.reason
ORDER BY
  resources DESC,
  c.type,
  c.reason
