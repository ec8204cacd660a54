"""Check that the oracles keep the guarantees of SPEC on random logs. No table is tested here.

Each rule is proven by hand-computed examples in the unit tests of the models, and the random tests
compare the tables with the oracles. A rule that is wrong in an oracle makes a difference there.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.support import spec_oracle
from tests.support import spec_oracle_downstream as oracle
from tests.support.adversarial_logs import random_world, redelivered, relabelled, shuffled
from tests.support.adversarial_orders import orders_and_weverse_sessions
from tests.support.spec_oracle import MART_KEY, audit, build_mart


@pytest.mark.parametrize("seed", range(40))
def test_guarantees_of_the_mart_hold_on_random_logs(seed: int) -> None:
    world = random_world(seed, ["2024-01-15", "2024-01-16"])
    rows = build_mart(world.lines, world.artists, world.memberships)
    assert len({tuple(row[name] for name in MART_KEY) for row in rows}) == len(rows)
    for other in (shuffled(world, seed + 1), redelivered(world, seed), relabelled(world, seed)):
        assert build_mart(other.lines, other.artists, other.memberships) == rows
    kept = [counts["events_kept"] for counts in audit(world.lines)]
    assert kept == [counts["events_kept"] for counts in audit(redelivered(world, seed).lines)]
    assert len(kept) == 2 and min(kept) > 0


@pytest.mark.parametrize("seed", range(12))
def test_guarantees_of_the_downstream_tables_hold_on_random_worlds(seed: int) -> None:
    days = [str(date(2024, 1, 4) + timedelta(days=offset)) for offset in range(10)]
    built = days[1:-1]
    world = random_world(seed, days)
    mart = spec_oracle.build_mart(world.lines, world.artists, world.memberships)
    orders, wv_sessions = orders_and_weverse_sessions(seed, mart, built)
    tables = oracle.downstream(mart, orders, wv_sessions, built)

    paying = ("ws_platform_daily", "stats_ws_d_ord_shop_integ", "stats_ws_d_ord_shop_integ_summary")
    for day in built:  # amounts are never lost or added
        for source, measure in (("ord_item_amt_krw", "pay_krw"), ("ord_item_qty", "pay_qty")):
            ordered = sum(o[source] or 0 for o in orders if o["part_date"] == day)
            for table in paying:
                paid = sum(row[measure] for row in tables[table] if row["part_date"] == day)
                assert paid == ordered, (table, day, measure)

    # A range gives the same as its days, in any order of rows, and any day of a week gives the
    # week.
    assert oracle.downstream(mart[::-1], orders[::-1], wv_sessions[::-1], built[::-1]) == tables
    alone = [oracle.downstream(mart, orders, wv_sessions, [day]) for day in built]
    for table in (*paying, "stats_we_d_integ_visit", "stats_wv_user_ws_visit"):
        assert sum((tables_of_day[table] for tables_of_day in alone), []) == tables[table]
    weekly = "stats_we_w_shop_integ_visit"  # of the weeks of the 1st and the 8th, a Monday
    assert alone[2][weekly] + alone[3][weekly] == tables[weekly]

    # The number of visits equals the number of sessions by rule 4 without the limit of part_date.
    events = spec_oracle.accepted_events(world.lines)
    spec_oracle.rule_1_account_fill_1(events)
    spec_oracle.rule_2_account_sess_seq(events)
    spec_oracle.rule_3_new_dvc_id(events)
    uncut = [event | {"part_date": ""} for event in events]
    spec_oracle.rule_4_sess_seq(uncut, timedelta(minutes=30))
    visits = tables["ws_sess_visit"]
    expected = len({(event["new_dvc_id"], event["sess_seq"]) for event in uncut})
    assert sum(not row["is_continued"] for row in visits) == expected

    # Without artist and shop, each user session and each session's time occurs once.
    own = tables["ws_user_sess_daily"]
    assert len(own) == len({(row["part_date"], row["user_sess_id"]) for row in mart})
    sessions = {(r["part_date"], r["sess_id"]): r["sess_dur"] for r in mart}
    assert sum(r["sess_dur"] for r in own if r["is_first_user_sess"]) == sum(sessions.values())

    audited = oracle.ws_sess_daily_audit(shuffled(world, 1).lines, mart, [*built, "2024-02-01"])
    assert sum(row["sessions"] for row in audited) == sum(v["part_date"] in built for v in visits)
    assert set(list(audited[-1].values())[1:]) == {0}
