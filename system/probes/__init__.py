"""How services are checked: over the network, to permitted addresses, within a timeout."""

from system.probes.guard import Endpoint, ProbeError, is_allowed, resolve
from system.probes.kinds import PROBES, Reading, Target

__all__ = [
    "PROBES",
    "Endpoint",
    "ProbeError",
    "Reading",
    "Target",
    "is_allowed",
    "resolve",
]
