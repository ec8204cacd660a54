"""Read a run's message about source columns with another type than declared."""

from __future__ import annotations

import re
from typing import NamedTuple


class Fault(NamedTuple):
    """The part of the message about a column with the wrong type."""

    source: str
    column: str
    declared: str
    found: str
    cast: str


FAULT = re.compile(
    r"- (\S+), column (\w+): expected (\w+), found (.+?)\. Write (.+) in the place of (\w+) in"
)


def faults_in(message: str) -> list[Fault]:
    # dbt prints the message twice.
    found = [FAULT.match(line.strip()) for line in message.splitlines()]
    faults = [Fault(*fault.groups()[:5]) for fault in found if fault]
    return list(dict.fromkeys(faults))
