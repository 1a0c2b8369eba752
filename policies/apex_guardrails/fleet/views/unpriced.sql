-- Without a price
-- Resources that cost money and have no price, or not for all of them; they are in no total, or in part.
SELECT
  c.type,
  c.status,
  c.reason,
  count(*) AS resources,
  count(DISTINCT c.backend || ' ' || c.project || ' ' || c.stack) AS stacks,
  count(DISTINCT c.owner) AS teams
FROM costs AS c
WHERE c.day = (SELECT day FROM last_run) AND c.status IN ('unpriced', 'partly priced')
GROUP BY c.type, c.status, c.reason
ORDER BY resources DESC, c.type, c.reason
