WITH counts AS (
  SELECT
    f.owner,
    f.backend,
    f.project,
    f.stack,
    f.service,
    COUNT(*) AS findings,
    COUNTIF(f.is_blocking) AS blocking,
    COUNTIF(f.severity = 'critical') AS critical
  FROM `fleet_dataset`.findings AS f
  WHERE
    f.day = (
      SELECT
        day
      FROM `fleet_dataset`.last_run
    )
    AND f.status = 'open'
  GROUP BY
    f.owner,
    f.backend,
    f.project,
    f.stack,
    f.service
)
SELECT
  c.owner,
  c.backend,
  c.project,
  c.stack,
  c.service,
  c.findings,
  c.blocking,
  c.critical,
  SUM(c.findings) OVER (PARTITION BY c.backend, c.project, c.stack) AS findings_of_stack,
  SUM(c.blocking) OVER (PARTITION BY c.backend, c.project, c.stack) AS blocking_of_stack
FROM counts AS c
ORDER BY
  blocking_of_stack DESC,
  findings_of_stack DESC,
  c.backend,
  c.project,
  c.stack,
  c.blocking DESC,
  c.findings DESC,
  c.service
