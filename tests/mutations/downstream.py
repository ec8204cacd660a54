"""SPEC section 5: the tables made from the mart."""

MUTATIONS = {
    # ---------- Visits and orders
    "int_user_sessions_typed": {
        "max(sess_dur) as": [("5 The time of a session is added once", "sum(sess_dur) as")],
    },
    "vst_platform": {
        "{{ platform }} = 'APP' and ": [("5 WV_APP needs the platform APP", "")],
        " and {{ is_wv }} = 1": [("5 WV_APP needs the Weverse app", "")],
        "{{ platform }} = 'APP' then": [
            ("5 WS_APP needs the platform APP", "{{ platform }} is not null then")
        ],
        "else 'WEB'": [("5 Every other platform is WEB", "else {{ platform }}")],
    },
    "int_account_visits_typed": {
        "shop_accounts.part_date = weverse_members.part_date\n            and ": [
            ("5 A Weverse session only counts on its own day", "")
        ],
        "left join weverse_members": [
            ("5 Without a Weverse session, the type is WS", "inner join weverse_members")
        ],
        "where account_id is not null": [
            ("5 A session without an account is no account visit", "")
        ],
        "    group by part_date, we_member_id\n": [("5 A member appears once a day", "")],
        "vst_platform = 'WEB'": [
            ("5 A visit by WS_APP is not one by WEB", "vst_platform <> 'WV_APP'")
        ],
    },
    "vst_type_dtl": {
        "case when {{ has_web }} = 1 then '+WEB' else '' end\n"
        "                || case when {{ has_ws_app }} = 1 then '+WS_APP' else '' end": [
            (
                "5 Platforms are listed in their order",
                "case when {{ has_ws_app }} = 1 then '+WS_APP' else '' end\n"
                "                || case when {{ has_web }} = 1 then '+WEB' else '' end",
            )
        ],
        "'+WV_APP'": [("5 A plus sign joins platforms", "',WV_APP'")],
        "'NONE'": [("5 Without a visit, the type is NONE", "''")],
    },
    "int_order_items_visited": {
        "{{ dbt.date_trunc('second', 'user_sess_start_dt') }}": [
            ("5 The start of a session is cut to seconds", "user_sess_start_dt")
        ],
        "0 as is_order_item": [
            ("5 An order in the second of the start belongs to the session", "2 as is_order_item")
        ],
        "'is_order_item', 'user_sess_start_dt', ": [
            ("5 Full times decide which session is the latest", "'is_order_item', ")
        ],
        "'user_sess_start_dt', 'user_sess_id'": [
            (
                "5 Of sessions that start together, the greatest id counts",
                "'user_sess_start_dt', 'user_sess_id desc'",
            )
        ],
        "set account = 'part_date, account_id'": [
            ("5 An order belongs to a session of its own account", "set account = 'part_date'"),
            ("5 An order belongs to a session of its own day", "set account = 'account_id'"),
        ],
        "where account_id is not null": [
            ("5 An order without an account belongs to no session", "")
        ],
        "coalesce(visited.last_vst_platform, 'NONE')": [
            ("5 Without a session, the platform is NONE", "visited.last_vst_platform")
        ],
        "coalesce(account_visits.vst_type, 'NONE')": [
            ("5 Without a visit, vst_type is NONE", "account_visits.vst_type")
        ],
        "visited.part_date = account_visits.part_date\n            and ": [
            ("5 The visit types are those of the day", "")
        ],
        "select * from typed": [
            ("5 Order items with the same key all count", "select distinct * from typed")
        ],
        "where visited.is_order_item = 1": [("5 Only order items become rows", "")],
    },
    "ws_platform_daily": {
        "account_id is not null\n        and ": [("5 Anonymous visits make no row", "")],
        "account_id is not null\n": [("5 A visit without a payment stays", "false\n")],
        "count(distinct ord_sheet_number)": [
            ("5 pay_order counts distinct orders", "count(ord_sheet_number)")
        ],
        "coalesce(aggregated.pay_krw, 0)": [("5 pay_krw is never null", "aggregated.pay_krw")],
        "coalesce(aggregated.pay_qty, 0)": [("5 pay_qty is never null", "aggregated.pay_qty")],
        "ord_item_qty as pay_qty": [("5 pay_qty adds up ord_item_qty", "1 as pay_qty")],
        "coalesce(account_visits.vst_type_dtl, 'NONE')": [
            ("5 An account that only ordered has the type NONE", "account_visits.vst_type_dtl")
        ],
        "aggregated.part_date = account_visits.part_date\n            and ": [
            ("5 The visit types are those of the day", "")
        ],
    },
    "stats_ws_d_ord_shop_integ": {
        "count(distinct account_id)": [
            ("5 cnt_pay_user counts distinct accounts", "count(account_id)")
        ],
        "count(distinct ord_sheet_number)": [
            ("5 cnt_ord counts distinct orders", "count(ord_sheet_number)")
        ],
        "count(*)": [("5 cnt_ord_item counts rows", "count(account_id)")],
        "coalesce(pay_krw, 0)": [("5 pay_krw is never null", "pay_krw")],
        "coalesce(pay_qty, 0)": [("5 pay_qty is never null", "pay_qty")],
        "where {{ is_run_date() }}": [("5 Only days of the run are built", "")],
    },
    "stats_ws_d_ord_shop_integ_summary": {
        "case when vst_platform <> 'NONE' then account_id end": [
            ("5 Accounts of the platform NONE are not active users", "account_id")
        ],
        "pay_order > 0": [("5 A paying user may have paid any amount", "pay_krw > 0")],
        "max(run_timestamp)": [("5 run_timestamp is the greatest one", "min(run_timestamp)")],
    },
    # ---------- Visitors
    "days_of_week": {
        "days=6": [("5 A week ends on Sunday", "days=5")],
    },
    "run_weeks": {
        "days=date.weekday()": [("5 A week begins on Monday", "days=(date.weekday() + 1) % 7")],
        "if monday not in mondays": [
            (
                "5 Each week is listed once",
                "if true",
                "test_build_log.py::"
                "test_weekly_table_is_finished_when_it_was_made_from_each_day_of_its_week",
            )
        ],
    },
    "is_run_week_date": {
        "in run_weeks()": [
            ("5 The first week of the run is included", "in run_weeks()[1:] or run_weeks()"),
            ("5 The last week of the run is included", "in run_weeks()[:1]"),
        ],
    },
    "int_visitors_counted": {
        "('int_user_sessions_typed') }}\n    where {{ is_run_week_date() }}": [
            (
                "5 Visits of the whole week are read",
                "('int_user_sessions_typed') }}\n    where {{ is_run_date() }}",
            )
        ],
        "we_member_id is not null\n        and {{ is_run_week_date() }}": [
            (
                "5 Weverse sessions of the whole week are read",
                "we_member_id is not null\n        and {{ is_run_date() }}",
            )
        ],
        "account_id is not null\n        and {{ is_run_week_date() }}": [
            (
                "5 Orders of the whole week are read",
                "account_id is not null\n        and {{ is_run_date() }}",
            )
        ],
        "        where {{ is_run_date() }}\n": [
            ("5 Daily rows are only made for days of the run", "")
        ],
        "{{ day_of_week('part_date', 0) }}": [("5 A week is named by its Monday", "part_date")],
        "we_member_id is not null\n        and": [
            ("5 A Weverse session without a member is no visitor", "")
        ],
        "partition by date_type, period_start, device_id": [
            ("5 A device of an account is one within the period", "partition by device_id")
        ],
        "or is_device_of_account = 0": [
            ("5 A device of an account is no visitor of its own", "or true")
        ],
        "        or is_device_of_account = 0\n": [
            ("5 A device without an account is a visitor", "")
        ],
        "case when account_id is not null then 'account' else 'device' end": [
            ("5 An account and a device with the same id are two visitors", "'account'")
        ],
        " + has_weverse > 0": [
            ("5 Members who only visited Weverse are visitors", " > 0"),
            ("5 An account that only ordered is no visitor", " + has_weverse + is_ord > 0"),
        ],
        "then 'WV'\n": [("5 Members who did not visit the shop have the type WV", "then 'WS'\n")],
        "has_weverse = 1 then 'WV_WS'": [
            ("5 Members who visited the shop have the type WV_WS", "has_weverse = 1 then 'WS'")
        ],
        "    group by date_type, period_start, visitor_kind, visitor_id\n\n": [
            (
                "5 A visitor counts once",
                "    group by date_type, period_start, visitor_kind, visitor_id, has_web\n\n",
            )
        ],
    },
    "stats_we_w_shop_integ_visit": {
        "date_type = 'W'": [("5 The weekly table counts weeks", "date_type = 'D'")],
        '{{ config(meta={"period": "week"}) }}': [
            (
                "5 The rows of a weekly table are stored by Monday",
                "",
                "test_downstream_runs.py::"
                "test_daily_runs_in_any_order_give_the_rows_of_one_range_run",
            )
        ],
    },
    # ---------- Weverse members
    "visit_measures": {
        "vst_platform = '{{ vst_platform }}'": [("5 Visits are counted for one platform", "true")],
        "is_sess_login = 1 then sess_dur": [
            ("5 Only sessions with a login add to the time", "true then sess_dur")
        ],
        "is_sess_login = 1 then user_sess_dur": [
            ("5 Only user sessions with a login add to the time", "true then user_sess_dur")
        ],
    },
    "stats_wv_user_ws_visit": {
        "left join shop_days": [("5 Members without a shop visit stay", "inner join shop_days")],
        "coalesce(shop_days.ws_sess_cnt, 0)": [
            ("5 Without a shop visit, the measures are 0", "shop_days.ws_sess_cnt")
        ],
        "we_member_id is not null\n        and": [
            ("5 A Weverse session without a member is no row", "")
        ],
        "    group by part_date, we_member_id, we_art_name\n": [
            ("5 A member and an artist make one row a day", "")
        ],
        "members.part_date = shop_days.part_date\n            and ": [
            ("5 The shop visits are those of the day", "")
        ],
    },
    "v_ws_user_wv_visit": {
        "        and vst_platform = 'WV_APP'\n": [
            ("5 Only visits in the Weverse app are counted", "")
        ],
        "inner join weverse_app_days": [
            ("5 Only accounts that used the Weverse app have rows", "left join weverse_app_days")
        ],
        "artists_visited.part_date = weverse_app_days.part_date\n            and ": [
            ("5 The Weverse app was used on the same day", "")
        ],
    },
    "ws_sess_daily_v2": {
        "platform = 'APP' and is_wv = 1": [("5 is_wv_app needs the platform APP", "is_wv = 1")],
        "platform = 'APP' and is_wv = 0": [
            ("5 is_ws_app is 0 in the Weverse app", "platform = 'APP'")
        ],
    },
}
