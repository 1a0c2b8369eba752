SELECT
  w.expires,
  MIN(w.days_left) AS days_left,
  w.waiver_owner,
  w.rule,
  w.resource,
  w.reason,
  w.ticket,
  COUNT(*) AS stacks,
  COUNT(DISTINCT w.owner) AS teams,
  SUM(w.findings) AS findings
FROM `fleet_dataset`.waivers AS w
WHERE
  w.day = (
    SELECT
      day
    FROM `fleet_dataset`.last_run
  )
  AND w.days_left <= 30
GROUP BY
  w.expires,
  w.waiver_owner,
  w.rule,
  w.resource,
  w.reason,
  w.ticket
ORDER BY
  w.expires,
  findings DESC,
  w.rule,
  w.resource
