SELECT
  s.day,
  COUNT(*) AS stacks,
  COUNTIF(s.blocking > 0) AS blocked_stacks,
  SUM(s.resources) AS resources,
  SUM(s.blocking) AS blocking,
  SUM(s.failed_critical) AS critical,
  SUM(s.failed_high) AS high,
  SUM(s.failed_medium) AS medium,
  SUM(s.failed_low) AS low,
  SUM(s.undecided) AS undecided,
  SUM(s.waived) AS waived,
  SUM(s.known) AS known,
  SUM(s.monthly) AS monthly,
  SUM(s.unpriced) AS unpriced
FROM `fleet_dataset`.stacks AS s
WHERE
  s.day <= (
    SELECT
      day
    FROM `fleet_dataset`.last_run
  )
GROUP BY
  s.day
ORDER BY
  s.day DESC
