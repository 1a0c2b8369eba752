SELECT
  MAX(day) AS day,
  (
    SELECT
      MAX(day)
    FROM `fleet_dataset`.runs
    WHERE
      day < (
        SELECT
          MAX(day)
        FROM `fleet_dataset`.runs
      )
  ) AS day_before
FROM `fleet_dataset`.runs
