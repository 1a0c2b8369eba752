"""What other systems take: SQL for BigQuery, compliance findings of OCSF, assessments of OSCAL."""
