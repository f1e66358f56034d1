"""The table of contents of a compilation: taken out of the running text and kept as evidence of its titles."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from nqpf.text.cleaning.lines import Lines

_ENTRY = re.compile(
    r"(?P<number>第?[0-9０-９IVXivx一二三四五六七八九十百]{1,5}[章节篇部讲]?[.．、…·\s]+)?"
    r"(?P<title>\S.*?)(?P<leader>[\s.．…·‥—_-]*[\t.．…·‥—_ \u3000-])(?P<page>[0-9０-９]{1,4})"
)
_DIGIT = re.compile(r"[0-9０-９]")
_HEAD = re.compile(r"目\s*录|目\s*次|contents", re.IGNORECASE)
_FEWEST = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a table of contents: title, page as printed, and the line of the file (from 1)."""

    title: str
    page: int
    line: int


def read_contents(text: str, lines: Lines) -> tuple[tuple[Entry, ...], list[int]]:
    """Return the entries of every table of contents, and the lines (places in `lines`) that it takes up.

    Three or more lines in a row that end in a page number, the numbers never falling, are a table of contents; so is
    the word for it right above them.

    Parameters
    ----------
    text
        The raw text.
    lines
        Its lines.
    """
    first, last = lines.first.tolist(), lines.last.tolist()
    chosen = (lines.digits > 0) & (lines.long <= 90) & (lines.han + lines.letters >= 2) & ~lines.ended
    runs: list[list[tuple[int, re.Match[str]]]] = []
    for i in np.flatnonzero(chosen).tolist():
        match = _ENTRY.fullmatch(text, first[i], last[i] + 1) if _DIGIT.match(text, last[i]) else None
        if match is None:
            continue
        page = int(match["page"])
        follows = runs and runs[-1][-1][0] == i - 1 and int(runs[-1][-1][1]["page"]) <= page
        if follows:
            runs[-1].append((i, match))
        else:
            runs.append([(i, match)])
    entries: list[Entry] = []
    taken: list[int] = []
    for run in (run for run in runs if len(run) >= _FEWEST):
        head = run[0][0] - 1
        if head >= 0 and _HEAD.fullmatch(text[first[head] : last[head] + 1].strip()):
            taken.append(head)
        for i, match in run:
            taken.append(i)
            entries.append(Entry(match["title"].strip(), int(match["page"]), int(lines.number[i]) + 1))
    return tuple(entries), taken
