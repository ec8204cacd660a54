"""SPEC section 4: the mart."""

MUTATIONS = {
    "int_fc_memberships_merged": {
        "coalesce(fc_end_date, date '9999-12-31') as": [
            (
                "4 A membership without an end is still running",
                "coalesce(fc_end_date, fc_start_date) as",
            )
        ],
        "        and fc_start_date is not null\n": [
            ("4 A membership without a start covers no day", "")
        ],
        "        and (fc_start_date <= fc_end_date or fc_end_date is null)\n": [
            ("4 A membership that ends before it starts covers no day", "")
        ],
        "fc_start_date <= fc_end_date": [
            ("4 A membership of one day covers that day", "fc_start_date < fc_end_date")
        ],
        "<= fc_end_date or fc_end_date is null": [
            ("4 A membership without an end covers days", "<= fc_end_date")
        ],
        "we_member_id is not null\n        and ": [
            ("4 A membership without a member covers nobody", "")
        ],
        "        and we_art_id is not null\n": [
            ("4 A membership without an artist covers nobody", "")
        ],
        "fc_start_date > latest": [
            ("4 Memberships that share a day are merged", "fc_start_date >= latest")
        ],
        "max(fc_end_date) over": [
            ("4 The greatest end so far decides about merging", "last_value(fc_end_date) over")
        ],
        "and 1 preceding": [("4 Only ends of earlier memberships are compared", "and current row")],
        "max(fc_end_date) as": [
            ("4 A merged membership ends with the longest", "min(fc_end_date) as")
        ],
        "min(fc_start_date) as": [
            ("4 A merged membership starts with the first", "max(fc_start_date) as")
        ],
        "'partition by we_member_id, we_art_id'": [
            ("4 Memberships are merged per account", "'partition by we_art_id'"),
            ("4 Memberships are merged per artist", "'partition by we_member_id'"),
        ],
    },
    "int_artists_deduplicated": {
        "where artist_rank = 1": [("4 An artist appears once", "")],
        "where ws_art_id is not null": [("4 A row without ws_art_id is no artist", "")],
        "partition by ws_art_id": [
            ("4 Artists are deduplicated by ws_art_id", "partition by we_art_id")
        ],
        "we_art_id desc": [("4 The row with the greatest we_art_id is kept", "we_art_id asc")],
        "we_art_name desc": [("4 Then the row with the greatest name is kept", "we_art_name asc")],
        "we_art_id desc nulls last": [
            ("4 A null we_art_id is the least", "we_art_id desc nulls first")
        ],
        "we_art_name desc nulls last": [
            ("4 A null name is the least", "we_art_name desc nulls first")
        ],
        "we_art_id desc nulls last, ": [("4 we_art_id decides before the name", "")],
    },
    "ws_sess_daily": {
        "where {{ is_run_date() }}": [("4 Only days of the run are built", "")],
        "cast(session_artists.part_date as date)": [
            ("4 key_date comes from part_date", "cast(session_artists.sess_start_dt as date)")
        ],
        "left join artists": [("4 Rows of unknown artists stay", "inner join artists")],
        "session_artists.ws_art_id = artists.ws_art_id": [
            ("4 Artists are joined by ws_art_id", "session_artists.ws_art_id = artists.we_art_id")
        ],
        "session_artists.ws_art_id = artists": [
            (
                "4 A null ws_art_id matches no artist",
                "session_artists.ws_art_id is not distinct from artists",
            )
        ],
        "left join memberships": [
            ("4 Rows of accounts that are not members stay", "inner join memberships")
        ],
        "with_artists.account_fill = memberships.we_member_id\n            and ": [
            ("4 The membership is that of the account", "")
        ],
        "and with_artists.we_art_id = memberships.we_art_id": [
            ("4 The membership is of the artist of the row", "")
        ],
        "with_artists.we_art_id = memberships": [
            (
                "4 Memberships are joined by we_art_id, not ws_art_id",
                "with_artists.ws_art_id = memberships",
            ),
            (
                "4 A null we_art_id matches no membership",
                "with_artists.we_art_id is not distinct from memberships",
            ),
        ],
        "between memberships.fc_start_date and": [
            ("4 The first day of a membership counts", "between memberships.fc_start_date + 1 and"),
            (
                "4 The day before a membership does not count",
                "between memberships.fc_start_date - 1 and",
            ),
        ],
        "and memberships.fc_end_date": [
            ("4 The last day of a membership counts", "and memberships.fc_end_date - 1"),
            ("4 The day after a membership does not count", "and memberships.fc_end_date + 1"),
        ],
        "we_member_id is not null then 1": [
            ("4 is_fc is only 1 with a membership", "account_fill is not null then 1")
        ],
        "then 1 else 0 end as is_fc": [
            ("4 is_fc is 1 with a membership", "then 0 else 1 end as is_fc")
        ],
        "user_id_fill as ws_user_id": [
            ("4 ws_user_id comes from user_id_fill", "account_fill as ws_user_id")
        ],
        "new_dvc_id as device_id": [
            ("4 device_id comes from new_dvc_id", "account_fill as device_id")
        ],
    },
}
