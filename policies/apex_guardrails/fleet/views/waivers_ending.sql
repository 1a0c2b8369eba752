-- Waivers about to end
-- Waivers that end within 30 days, or have ended; how many findings they cover, in how many stacks.
SELECT
  w.expires,
  min(w.days_left) AS days_left,
  w.waiver_owner,
  w.rule,
  w.resource,
  w.reason,
  w.ticket,
  count(*) AS stacks,
  count(DISTINCT w.owner) AS teams,
  sum(w.findings) AS findings
FROM waivers AS w
WHERE w.day = (SELECT day FROM last_run) AND w.days_left <= 30
GROUP BY w.expires, w.waiver_owner, w.rule, w.resource, w.reason, w.ticket
ORDER BY w.expires, findings DESC, w.rule, w.resource
