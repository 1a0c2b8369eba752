"""The rule about regions is about what is somewhere."""

import pytest

from apex_guardrails.provider import resource_type
from apex_guardrails.rules.locations.locations_allowed_regions import is_located


@pytest.mark.parametrize(
    ("token", "located"),
    [
        ("gcp:storage/bucket:Bucket", True),
        ("gcp:compute/disk:Disk", True),
        ("gcp:compute/network:Network", False),
        ("gcp:cloudrunv2/serviceIamMember:ServiceIamMember", False),
        ("gcp:compute/interconnect:Interconnect", False),
        ("gcp:edgenetwork/network:Network", False),
    ],
)
def test_what_is_somewhere(token: str, *, located: bool) -> None:
    assert is_located(resource_type(token)) is located
