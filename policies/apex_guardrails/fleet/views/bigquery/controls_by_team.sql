WITH counts AS (
  SELECT
    c.owner,
    c.framework,
    c.control,
    COUNT(*) AS stacks,
    COUNTIF(c.result IN ('fails', 'rule failed')) AS failing,
    COUNTIF(c.result = 'undecided') AS undecided,
    COUNTIF(c.result = 'waived') AS waived,
    COUNTIF(c.result = 'passes') AS passing,
    SUM(c.failing) AS findings
  FROM `fleet_dataset`.controls AS c
  WHERE
    c.day = (
      SELECT
        day
      FROM `fleet_dataset`.last_run
    )
  GROUP BY
    c.owner,
    c.framework,
    c.control
), titles AS (
  SELECT
    f.framework,
    f.control,
    MAX(f.title) AS title
  FROM `fleet_dataset`.frameworks AS f
  WHERE
    f.day = (
      SELECT
        day
      FROM `fleet_dataset`.last_run
    )
  GROUP BY
    f.framework,
    f.control
)
SELECT
  c.framework,
  c.control,
  COALESCE(t.title, '') AS title,
  c.owner,
  c.stacks,
  c.failing,
  c.undecided,
  c.waived,
  c.passing,
  c.findings,
  SUM(c.failing) OVER (PARTITION BY c.framework, c.control) AS failing_in_all
FROM counts AS c
LEFT JOIN titles AS t
  ON t.framework = c.framework AND t.control = c.control
ORDER BY
  failing_in_all DESC,
  c.framework,
  c.control,
  c.failing DESC,
  c.owner
