module apex-guardrails/gotypes

go 1.26
