-- Cost by team
-- US dollars a month, and the change since the day before. Stacks that were not there or not judged on that day are new;
-- those that were, and are not now, are missing.
WITH today AS (
  SELECT * FROM stacks WHERE day = (SELECT day FROM last_run)
), earlier AS (
  SELECT * FROM stacks WHERE day = (SELECT day_before FROM last_run)
), pairs AS (
  SELECT
    coalesce(t.owner, e.owner) AS owner,
    t.stack IS NOT NULL AS is_there,
    e.stack IS NOT NULL AS was_there,
    t.monthly_low,
    t.monthly,
    t.monthly_high,
    t.unpriced,
    e.monthly AS monthly_before
  FROM today AS t
  FULL JOIN earlier AS e
    ON e.backend = t.backend AND e.project = t.project AND e.stack = t.stack
)
SELECT
  p.owner,
  count(*) FILTER (WHERE p.is_there) AS stacks,
  coalesce(sum(p.monthly_low), 0) AS monthly_low,
  coalesce(sum(p.monthly), 0) AS monthly,
  coalesce(sum(p.monthly_high), 0) AS monthly_high,
  CASE WHEN max(r.day_before) IS NOT NULL
    THEN coalesce(sum(p.monthly), 0) - coalesce(sum(p.monthly_before), 0)
  END AS change,
  coalesce(sum(p.monthly) FILTER (WHERE NOT p.was_there AND r.day_before IS NOT NULL), 0)
    AS of_new_stacks,
  coalesce(sum(p.monthly_before) FILTER (WHERE NOT p.is_there), 0) AS of_missing_stacks,
  coalesce(sum(p.unpriced), 0) AS unpriced
FROM pairs AS p
CROSS JOIN last_run AS r
GROUP BY p.owner
ORDER BY monthly DESC, p.owner
