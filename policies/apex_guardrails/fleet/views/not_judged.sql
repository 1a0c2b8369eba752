-- What was not judged
-- States that could not be judged, and rules that failed on one: nothing here says that they are in order.
SELECT
  e.owner,
  e.backend,
  e.project,
  e.stack,
  e.kind,
  e.rule,
  e.message,
  e.source,
  e.attempts
FROM errors AS e
WHERE e.day = (SELECT day FROM last_run)
ORDER BY e.owner, e.kind, e.source, e.rule
