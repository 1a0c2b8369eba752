-- Controls by team
-- In how many stacks of a team each control fails, cannot be decided, is waived or has rules that pass. A rule that
-- passes is evidence for a control, and no proof.
WITH counts AS (
  SELECT
    c.owner,
    c.framework,
    c.control,
    count(*) AS stacks,
    count(*) FILTER (WHERE c.result IN ('fails', 'rule failed')) AS failing,
    count(*) FILTER (WHERE c.result = 'undecided') AS undecided,
    count(*) FILTER (WHERE c.result = 'waived') AS waived,
    count(*) FILTER (WHERE c.result = 'passes') AS passing,
    sum(c.failing) AS findings
  FROM controls AS c
  WHERE c.day = (SELECT day FROM last_run)
  GROUP BY c.owner, c.framework, c.control
), titles AS (
  SELECT f.framework, f.control, max(f.title) AS title
  FROM frameworks AS f
  WHERE f.day = (SELECT day FROM last_run)
  GROUP BY f.framework, f.control
)
SELECT
  c.framework,
  c.control,
  coalesce(t.title, '') AS title,
  c.owner,
  c.stacks,
  c.failing,
  c.undecided,
  c.waived,
  c.passing,
  c.findings,
  sum(c.failing) OVER (PARTITION BY c.framework, c.control) AS failing_in_all
FROM counts AS c
LEFT JOIN titles AS t ON t.framework = c.framework AND t.control = c.control
ORDER BY failing_in_all DESC, c.framework, c.control, c.failing DESC, c.owner
