WITH today AS (
  SELECT
    *
  FROM `fleet_dataset`.stacks
  WHERE
    day = (
      SELECT
        day
      FROM `fleet_dataset`.last_run
    )
), earlier AS (
  SELECT
    *
  FROM `fleet_dataset`.stacks
  WHERE
    day = (
      SELECT
        day_before
      FROM `fleet_dataset`.last_run
    )
), pairs AS (
  SELECT
    COALESCE(t.owner, e.owner) AS owner,
    NOT t.stack IS NULL AS is_there,
    NOT e.stack IS NULL AS was_there,
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
  COUNTIF(p.is_there) AS stacks,
  COALESCE(SUM(p.monthly_low), 0) AS monthly_low,
  COALESCE(SUM(p.monthly), 0) AS monthly,
  COALESCE(SUM(p.monthly_high), 0) AS monthly_high,
  CASE
    WHEN NOT MAX(r.day_before) IS NULL
    THEN COALESCE(SUM(p.monthly), 0) - COALESCE(SUM(p.monthly_before), 0)
  END AS change,
  COALESCE(SUM(IF(NOT p.was_there AND NOT r.day_before IS NULL, p.monthly, NULL)), 0) AS of_new_stacks,
  COALESCE(SUM(IF(NOT p.is_there, p.monthly_before, NULL)), 0) AS of_missing_stacks,
  COALESCE(SUM(p.unpriced), 0) AS unpriced
FROM pairs AS p
CROSS JOIN `fleet_dataset`.last_run AS r
GROUP BY
  p.owner
ORDER BY
  monthly DESC,
  p.owner
