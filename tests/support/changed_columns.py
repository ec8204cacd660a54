"""Changes of columns in a copy of the project."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.support.changed_project import edit

MARTS = "models/marts/"
MART_SQL, MART_YML = MARTS + "sessions/ws_sess_daily.sql", MARTS + "sessions/_sessions__models.yml"
DAILY_SQL = MARTS + "visits/stats_we_d_integ_visit.sql"
VISITS_YML = MARTS + "visits/_visits__models.yml"

NEW_IN_QUERY = ("as is_fc\n", "as is_fc,\n        upper(user_lang) as lang_upper\n")
NEW_COLUMN = "      - name: lang_upper\n        description: New.\n        data_type: string\n"

Change = Callable[[Path], None]


def column(text: str, name: str, of_model: str) -> str:
    """The declaration of a model's column in the yml file."""
    model = text.index(f"  - name: {of_model}\n")
    start = text.index(f"      - name: {name}\n", model)
    end = min(
        place
        for mark in ("      - name: ", "\n  - name: ")
        if (place := text.find(mark, start + 1)) > 0
    )
    return text[start:end].rstrip("\n") + "\n"


def declare(
    project: Path, yml: str, of_model: str, name: str, change: Callable[[str], str]
) -> None:
    """Change the declaration of a column."""
    file = project / yml
    text = file.read_text(encoding="utf-8")
    declared = column(text, name, of_model)
    model = text.index(f"  - name: {of_model}\n")
    after = text[model:].replace(declared, change(declared), 1)
    file.write_text(text[:model] + after, encoding="utf-8")


def add_to_mart(project: Path) -> None:
    edit(project / MART_SQL, NEW_IN_QUERY)
    declare(project, MART_YML, "ws_sess_daily", "is_fc", lambda declared: declared + NEW_COLUMN)


def add_to_daily(project: Path) -> None:
    add_to_end(project / DAILY_SQL, "count(*) over () as kinds")
    new = "      - name: kinds\n        description: New.\n        data_type: bigint\n"
    last = "run_timestamp"
    declare(project, VISITS_YML, "stats_we_d_integ_visit", last, lambda declared: declared + new)


def add_to_end(sql: Path, expression: str) -> None:
    text = sql.read_text(encoding="utf-8")
    head, last = text.rstrip().rsplit("select * from ", 1)
    sql.write_text(f"{head}select\n    *,\n    {expression}\nfrom {last}\n", encoding="utf-8")


def append_undeclared(project: Path) -> None:
    """A column at the end of the query that the contract does not have."""
    edit(project / MART_SQL, NEW_IN_QUERY)


def cast_undeclared(project: Path) -> None:
    """A text of the contract as a number."""
    edit(project / MART_SQL, ("        os,\n", "        try_cast(os as int) as os,\n"))


def rename(project: Path) -> None:
    edit(project / MART_SQL, ("        os,\n", "        os as os_name,\n"))
    new = ("name: os\n", "name: os_name\n")
    declare(project, MART_YML, "ws_sess_daily", "os", lambda declared: declared.replace(*new))
