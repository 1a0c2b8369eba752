"""A stand-in for the API of the Apex Memory System, which can be told to be slow, wrong or down."""

from tests.standin.faults import Endpoint, Faults
from tests.standin.server import Request, StandIn

__all__ = ["Endpoint", "Faults", "Request", "StandIn"]
