-- Stacks by service
-- Open findings of each stack by Google Cloud service; the stacks with the most blocking ones first.
WITH counts AS (
  SELECT
    f.owner,
    f.backend,
    f.project,
    f.stack,
    f.service,
    count(*) AS findings,
    count(*) FILTER (WHERE f.is_blocking) AS blocking,
    count(*) FILTER (WHERE f.severity = 'critical') AS critical
  FROM findings AS f
  WHERE f.day = (SELECT day FROM last_run) AND f.status = 'open'
  GROUP BY f.owner, f.backend, f.project, f.stack, f.service
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
  sum(c.findings) OVER (PARTITION BY c.backend, c.project, c.stack) AS findings_of_stack,
  sum(c.blocking) OVER (PARTITION BY c.backend, c.project, c.stack) AS blocking_of_stack
FROM counts AS c
ORDER BY
  blocking_of_stack DESC, findings_of_stack DESC, c.backend, c.project, c.stack,
  c.blocking DESC, c.findings DESC, c.service
