"""Split descriptions into Korean and English by the rules of CONTRIBUTING.md.

    split_table("One row per …\\n위버스샵 일별 세션 정보: 한 행은 …")   # English, Korean
    split_column("방문일자: 방문한 날짜 — day of the visit.")            # Korean, English
    split_label("방문일자: 방문한 날짜")                                 # label, meaning
    split_sentences("세션의 수입니다. Number of sessions.")              # Korean, English

Each function raises ValueError if one of the two parts is missing, and names the missing part.
"""

from __future__ import annotations

import re


def split_table(description: str) -> tuple[str, str]:
    """English and Korean: the two paragraphs of a table's description."""
    return _halves(description, "\n", "no second paragraph")


def split_column(description: str) -> tuple[str, str]:
    """Korean and English: a column's description before and after its first dash."""
    return _halves(description, " — ", "no ' — '")


def split_label(korean: str) -> tuple[str, str]:
    """The text before the first colon and the rest: the name of a table or column, its meaning."""
    return _halves(korean, ": ", "no ': '")


def split_sentences(description: str) -> tuple[str, str]:
    """Korean and English: the sentences of a metric or saved query. English begins after the last
    Korean one."""
    text = " ".join(description.split())
    found = re.match(r"(.*[가-힣][^가-힣.]*\.) ([^가-힣]+)$", text)
    if not found:
        raise ValueError(f"not Korean and then English sentences: {text!r} (see CONTRIBUTING.md)")
    return found[1], found[2]


def _halves(text: str, separator: str, problem: str) -> tuple[str, str]:
    first, found, second = text.strip().partition(separator)
    if not found:
        raise ValueError(f"{problem} in the description {text.strip()!r} (see CONTRIBUTING.md)")
    return first.strip(), second.strip()
