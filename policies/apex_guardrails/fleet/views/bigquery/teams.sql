SELECT
  s.owner,
  COUNT(*) AS stacks,
  COUNTIF(s.blocking > 0) AS blocked_stacks,
  SUM(s.resources) AS resources,
  SUM(s.blocking) AS blocking,
  SUM(s.failed_critical) AS critical,
  SUM(s.failed_high) AS high,
  SUM(s.failed_medium) AS medium,
  SUM(s.failed_low) AS low,
  SUM(s.waived) AS waived,
  SUM(s.known) AS known
FROM `fleet_dataset`.stacks AS s
WHERE
  s.day = (
    SELECT
      day
    FROM `fleet_dataset`.last_run
  )
GROUP BY
  s.owner
ORDER BY
  blocking DESC,
  critical DESC,
  high DESC,
  s.owner
