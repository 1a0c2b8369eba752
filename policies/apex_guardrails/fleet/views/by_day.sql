-- Day by day
-- What the fleet had on each day: stacks, those that something mandatory blocks, open findings by severity, cost.
SELECT
  s.day,
  count(*) AS stacks,
  count(*) FILTER (WHERE s.blocking > 0) AS blocked_stacks,
  sum(s.resources) AS resources,
  sum(s.blocking) AS blocking,
  sum(s.failed_critical) AS critical,
  sum(s.failed_high) AS high,
  sum(s.failed_medium) AS medium,
  sum(s.failed_low) AS low,
  sum(s.undecided) AS undecided,
  sum(s.waived) AS waived,
  sum(s.known) AS known,
  sum(s.monthly) AS monthly,
  sum(s.unpriced) AS unpriced
FROM stacks AS s
WHERE s.day <= (SELECT day FROM last_run)
GROUP BY s.day
ORDER BY s.day DESC
