"""What a run says of columns of sources whose type is not the declared one."""

from __future__ import annotations

import re
from typing import NamedTuple


class Fault(NamedTuple):
    """What the message says of a column of the wrong type."""

    source: str
    column: str
    declared: str
    found: str
    cast: str


FAULT = re.compile(
    r"- (\S+), column (\w+): expected (\w+), found (.+?)\. Write (.+) in the place of (\w+) in"
)


def faults_in(message: str) -> list[Fault]:
    # dbt says it twice.
    found = [FAULT.match(line.strip()) for line in message.splitlines()]
    faults = [Fault(*fault.groups()[:5]) for fault in found if fault]
    return list(dict.fromkeys(faults))
