"""Coverage of the theory as plain text for a terminal: what the software can measure, and core items that it cannot."""

from __future__ import annotations

import polars as pl

from nqpf.messages import Lang, Text, say
from nqpf.theory.items import groups
from nqpf.theory.measured import shares, software_coverage


def coverage_text(lang: Lang) -> str:
    """Say what of the theory the software can measure, by group, and list the core items it cannot, with the reason.

    Examples
    --------
    >>> coverage_text("en").splitlines()[0].startswith("Of the 118 items")
    True
    """
    frame = software_coverage()
    lines = [
        say("theory.coverage.all", **_counts(frame)),
        say("theory.coverage.core", **_counts(frame.filter(status="core"))),
    ]
    titles = {group.id: group.title for group in groups()}
    for row in shares(frame, "group").iter_rows(named=True):
        lines.append(say("theory.coverage.group", id=row["group"], title=titles[row["group"]], **_only(row)))
    open_ = frame.filter(pl.col("status") == "core", pl.col("state") != "measured")
    if open_.height:
        lines.append(say("theory.coverage.open", count=open_.height))
        lines += [_line(row) for row in open_.iter_rows(named=True)]
    return "\n".join(line[lang] for line in lines)


def state_title(state: str) -> Text:
    """Return a state in words.

    Examples
    --------
    >>> state_title("partly").zh
    '部分测度'
    """
    return {
        "measured": say("theory.state.measured"),
        "partly": say("theory.state.partly"),
        "not_measured": say("theory.state.not_measured"),
    }[state]


def _counts(frame: pl.DataFrame) -> dict[str, int]:
    return _only(shares(frame).row(0, named=True))


def _only(row: dict[str, int]) -> dict[str, int]:
    return {name: row[name] for name in ("items", "measured", "partly", "not_measured")}


def _line(row: dict[str, str]) -> Text:
    state = state_title(row["state"])
    title, needs = (Text(row[f"{name}_zh"], row[f"{name}_en"]) for name in ("title", "needs"))
    if row["by_zh"] is None:
        return say("theory.coverage.line", id=row["item"], title=title, state=state, needs=needs)
    by = Text(row["by_zh"], row["by_en"])
    return say("theory.coverage.line_by", id=row["item"], title=title, state=state, by=by, needs=needs)
