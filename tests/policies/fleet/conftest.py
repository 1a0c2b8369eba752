"""What tests of a fleet's tables start."""

from tests.policies.judged import apex
from tests.policies.reports.review.conftest import browser, open_page

__all__ = ["apex", "browser", "open_page"]
