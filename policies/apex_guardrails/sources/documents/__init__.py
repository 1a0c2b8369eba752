"""Files of JSON that other tools wrote: reads them, and says what is wrong with one."""

from apex_guardrails.sources.documents.file import STANDARD_INPUT
from apex_guardrails.sources.documents.form import Form, Kind

__all__ = ["STANDARD_INPUT", "Form", "Kind"]
