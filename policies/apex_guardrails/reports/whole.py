"""The document as it is, in JSON: what the other formats are made of."""

from typing import Final

from apex_guardrails.judgement.model import Judgement
from apex_guardrails.reports.formats import Format
from apex_guardrails.settings import ReportFormat

FORMAT: Final = Format(ReportFormat.JSON, ".json", Judgement.text)
