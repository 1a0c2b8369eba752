-- Teams
-- What each team has to do: its stacks, those that something mandatory blocks, and its open findings by severity.
SELECT
  s.owner,
  count(*) AS stacks,
  count(*) FILTER (WHERE s.blocking > 0) AS blocked_stacks,
  sum(s.resources) AS resources,
  sum(s.blocking) AS blocking,
  sum(s.failed_critical) AS critical,
  sum(s.failed_high) AS high,
  sum(s.failed_medium) AS medium,
  sum(s.failed_low) AS low,
  sum(s.waived) AS waived,
  sum(s.known) AS known
FROM stacks AS s
WHERE s.day = (SELECT day FROM last_run)
GROUP BY s.owner
ORDER BY blocking DESC, critical DESC, high DESC, s.owner
