"""Tests of how `benchmarks/run.py --smoke` decides whether a ratio is above its bound."""

from __future__ import annotations

from benchmarks.run import BOUNDS, FEW_ROUNDS, MANY_ROUNDS, beyond_bounds

GOOD = {"ours": 1.0, "clean floor": 0.5, "page literal": 3.0, "skewed": 1.0}
SLOW = GOOD | {"ours": 2.0, "skewed": 2.0}
SKEWED = GOOD | {"skewed": 2.0}


def decided(*rounds: dict[str, float]) -> tuple[list[str], int]:
    """The result for these rounds, of which the last one is repeated, and the number of rounds
    run."""
    run = []

    def round_of() -> dict[str, float]:
        run.append(rounds[min(len(run), len(rounds) - 1)])
        return run[-1]

    return beyond_bounds(round_of), len(run)


def test_few_rounds_are_enough_where_they_keep_the_bounds() -> None:
    assert decided(GOOD) == ([], 1 + FEW_ROUNDS)


def test_first_round_does_not_count() -> None:
    assert decided(SLOW, GOOD) == ([], 1 + FEW_ROUNDS)


def test_more_rounds_decide_where_few_break_a_bound() -> None:
    assert decided(GOOD, SLOW, SLOW, SLOW, GOOD) == ([], 1 + MANY_ROUNDS)


def test_what_is_slow_in_every_round_is_named() -> None:
    broken, rounds = decided(SLOW)
    assert rounds == 1 + MANY_ROUNDS
    assert [line.split(" is ")[0] for line in broken] == list(BOUNDS)[:2]
    (said,) = decided(SKEWED)[0]
    assert said == "skewed ÷ ours is 2.00 in CPU seconds; the bound is 1.4."
