"""A small model of how runs write a day and its row of the build log, with every order of steps.

The day is one of a table that is made from the mart. Several runs build it while the orders change.
For the mart itself, the orders stand for the lines of the log.
A run may stop for ever after any of its steps, because it was killed or is held. The model visits
every state that can be reached, so it tries every order of the steps, every change of the orders
between them and every kill.

Checked in every state:
- The restatement never calls the day current if the table does not hold what the orders give now.
  The only exception is NOT_SEEN, see docs/reliability.md.
- If a run then builds the day alone, the day is current.

The steps are those of Delta Lake, where each statement is a commit of its own. On DuckDB a run is
one transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import pytest

# What the orders of the day can be. Without orders the result is empty.
NO_ORDERS, ORDERS, OTHER_ORDERS = "none", "some", "others"


@dataclass(frozen=True)
class Protocol:
    # record_build.sql: days_left_empty() looks at the table's history.
    reads_history: bool = True
    # int_table_days_compared.sql: a row of the build log counts only if the table holds its rows.
    view_reads_table: bool = True
    is_one_transaction: bool = False
    # The mart: the view knows from the log itself whether a day must be empty.
    is_mart: bool = False


DELTA_LAKE = Protocol()
MART = Protocol(is_mart=True)
DUCKDB = Protocol(is_one_transaction=True)


class Run(NamedTuple):
    step: int = 0
    found_row: bool = False
    checksum: str | None = None
    writes: int = 0  # to the table since table_version(); 2 means several
    read: str | None = None
    is_overtaken: bool = False  # another run has written since this one began to read
    empty: bool | None = None  # what days_left_empty() says
    holder: str | None = None  # whose rows the statement of record_build() finds


class Rows(NamedTuple):
    run: int
    made_from: str


class Build(NamedTuple):
    """The row of the build log. `read` is not in it: what the run read after its checksum."""

    run: int
    checksum: str
    has_rows: bool
    read: str


class State(NamedTuple):
    orders: str
    runs: tuple[Run, ...]
    table: Rows | None = None
    build: Build | None = None

    def with_run(self, number: int, run: Run, **changes: object) -> State:
        runs = self.runs[:number] + (run,) + self.runs[number + 1 :]
        return self._replace(runs=runs, **changes)


# -- The steps of a run, in the order of its statements ---------------------------------------


def look_for_row(state: State, number: int, run: Run, _: Protocol) -> State:
    """prepare_build.sql: builds_of_run()."""
    return state.with_run(number, run._replace(found_row=state.build is not None))


def read_checksum(state: State, number: int, run: Run, _: Protocol) -> State:
    """prepare_build.sql: source_checksums()."""
    return state.with_run(number, run._replace(checksum=state.orders))


def note_version(state: State, number: int, run: Run, _: Protocol) -> State:
    """prepare_build.sql: table_version()."""
    return state.with_run(number, run._replace(writes=0))


def delete_row(state: State, number: int, run: Run, _: Protocol) -> State:
    """prepare_build.sql: `delete from … where is_build_of_run()`, if a row was found."""
    return state.with_run(number, run, build=None if run.found_row else state.build)


def read_orders(state: State, number: int, run: Run, _: Protocol) -> State:
    """The model's query."""
    return state.with_run(number, run._replace(read=state.orders, is_overtaken=False))


def write_table(state: State, number: int, run: Run, _: Protocol) -> State:
    """get_insert_overwrite_sql.sql: one commit. It fails if another run has changed the day since
    this one began to read. It changes nothing if the day is empty and stays empty."""
    if run.is_overtaken:
        return state.with_run(number, ENDED)
    table = None if run.read == NO_ORDERS else Rows(number, run.read)
    if table == state.table:
        return state.with_run(number, run)
    others = (
        other
        if other == ENDED
        else other._replace(
            writes=min(other.writes + 1, 2),
            is_overtaken=STEPS[other.step] is write_table,
        )
        for other in state.with_run(number, run).runs
    )
    return state._replace(runs=tuple(others), table=table)


def look_for_empty_day(state: State, number: int, run: Run, _: Protocol) -> State:
    """record_build.sql: days_left_empty(), the days of the table."""
    return state.with_run(number, run._replace(empty=state.table is None))


def look_at_history(state: State, number: int, run: Run, protocol: Protocol) -> State:
    """record_build.sql: days_left_empty(), `describe history`."""
    empty = run.empty and run.writes <= 1 if protocol.reads_history else True
    return state.with_run(number, run._replace(empty=empty))


def look_at_table(state: State, number: int, run: Run, _: Protocol) -> State:
    """record_build.sql: days_of_table(), in the statement that writes the row."""
    holder = None if state.table is None else "own" if state.table.run == number else "other"
    return state.with_run(number, run._replace(holder=holder))


def write_row(state: State, number: int, run: Run, _: Protocol) -> State:
    """record_build.sql: the commit of that statement."""
    build = state.build
    if run.holder == "own" or (run.holder is None and run.empty):
        build = Build(number, run.checksum, run.holder == "own", run.read)
    return state.with_run(number, ENDED, build=build)


STEPS = (
    look_for_row,
    read_checksum,
    note_version,
    delete_row,
    read_orders,
    write_table,
    look_for_empty_day,
    look_at_history,
    look_at_table,
    write_row,
)
ENDED = Run(step=len(STEPS))


def after_step(state: State, number: int, protocol: Protocol) -> State:
    run = state.runs[number]
    return STEPS[run.step](state, number, run._replace(step=run.step + 1), protocol)


def after_run(state: State, number: int, protocol: Protocol) -> State:
    while state.runs[number] != ENDED:
        state = after_step(state, number, protocol)
    return state


# -- What readers see -------------------------------------------------------------------------


def is_current(state: State, protocol: Protocol) -> bool:
    """int_mart_days_compared.sql and int_table_days_compared.sql."""
    if state.build is None or state.build.checksum != state.orders:
        return False
    if not protocol.view_reads_table:
        return True
    if state.table is None:
        return state.orders == NO_ORDERS if protocol.is_mart else not state.build.has_rows
    return state.build.run == state.table.run


def is_right(state: State) -> bool:
    if state.table is None:
        return state.orders == NO_ORDERS
    return state.orders == state.table.made_from


# -- Every order ------------------------------------------------------------------------------


def next_states(state: State, protocol: Protocol, contents: tuple[str, ...]) -> Iterator[State]:
    for orders in contents:
        yield state._replace(orders=orders)
    step = after_run if protocol.is_one_transaction else after_step
    for number, run in enumerate(state.runs):
        if run != ENDED:
            yield step(state, number, protocol)


def states(protocol: Protocol, runs: int, contents: tuple[str, ...]) -> set[State]:
    first = {State(orders, (Run(),) * runs) for orders in contents}
    seen, new = set(first), list(first)
    while new:
        for state in next_states(new.pop(), protocol, contents):
            if state not in seen:
                seen.add(state)
                new.append(state)
    return seen


def wrong(protocol: Protocol, runs: int, contents: tuple[str, ...]) -> list[State]:
    """States in which a day is called current that is not."""
    return [
        state
        for state in states(protocol, runs, contents)
        if is_current(state, protocol) and not is_right(state)
    ]


def is_not_seen(state: State) -> bool:
    """NOT_SEEN: the orders changed after a run had read their checksum and before it read them, and
    are now again what they were."""
    return state.build.checksum != state.build.read


ALL = (NO_ORDERS, ORDERS, OTHER_ORDERS)


@pytest.mark.parametrize(
    ("protocol", "runs", "contents"),
    [
        (DELTA_LAKE, 1, ALL),
        (DELTA_LAKE, 2, ALL),
        (DELTA_LAKE, 3, (NO_ORDERS, ORDERS)),
        (MART, 2, ALL),
    ],
)
def test_day_is_called_current_only_if_it_is(
    protocol: Protocol, runs: int, contents: tuple[str, ...]
) -> None:
    found = wrong(protocol, runs, contents)
    assert found
    assert all(is_not_seen(state) for state in found)


def test_on_duckdb_nothing_is_ever_called_current_that_is_not() -> None:
    assert wrong(DUCKDB, 3, ALL) == []


@pytest.mark.parametrize(
    "protocol",
    [Protocol(reads_history=False), Protocol(view_reads_table=False), Protocol(False, False)],
)
def test_both_checks_are_needed(protocol: Protocol) -> None:
    found = wrong(protocol, 2, (NO_ORDERS, ORDERS))
    assert not all(is_not_seen(state) for state in found)


@pytest.mark.parametrize("protocol", [DELTA_LAKE, DUCKDB, MART])
def test_run_alone_makes_the_day_current_whatever_was_killed_before(protocol: Protocol) -> None:
    left = {state._replace(runs=(ENDED, ENDED, Run())) for state in states(protocol, 2, ALL)}
    for state in left:
        done = after_run(state, 2, protocol)
        assert is_current(done, protocol) and is_right(done), state
