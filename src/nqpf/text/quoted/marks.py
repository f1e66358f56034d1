"""Quotation marks of a text in pairs: nested ones, quotations over several paragraphs, and marks without a partner."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Fault = Literal["", "unopened", "unclosed"]

PAIRS = {"“": "”", "‘": "’", "「": "」", "『": "』"}
CLOSERS = {close: open for open, close in PAIRS.items()}
OUTER = "“「"
ENDS = re.compile(r"[。！？；：\n]")
BLANK = " 　\t"


@dataclass(frozen=True, slots=True)
class Quoted:
    """What stands between quotation marks.

    Attributes
    ----------
    start, end
        First character and last + 1 of what is quoted, without the marks.
    open, close
        Where the marks stand; −1 for one that is missing.
    fault
        Which mark is missing.
    """

    start: int
    end: int
    open: int
    close: int
    fault: Fault = ""


def straight(text: str) -> str:
    """Return a text of which straight double quotation marks are opening and closing in turn, line by line."""
    if '"' not in text:
        return text
    lines = []
    for line in text.split("\n"):
        parts = line.split('"')
        marks = "".join("”“"[k % 2] for k in range(1, len(parts)))
        lines.append("".join(a + b for a, b in zip(parts, [*marks, ""], strict=True)))
    return "\n".join(lines)


def quoted(text: str) -> list[Quoted]:
    """Return the outermost quoted stretches of a text in their order.

    A paragraph that begins with an opening mark while the one before is still open goes on with it. Where marks do not
    come out even, an opening mark without a partner reaches to the end of its paragraph and a closing one back to the
    last full stop, semicolon or colon; both say so.

    Examples
    --------
    >>> [("他说：“甲‘乙’丙”和“丁”"[q.start : q.end], q.fault) for q in quoted("他说：“甲‘乙’丙”和“丁”")]
    [('甲‘乙’丙', ''), ('丁', '')]
    """
    text = straight(text)
    found: list[Quoted] = []
    open_at = -1
    at = 0
    lines = text.split("\n")
    for k, line in enumerate(lines):
        open_at = _line(text, line, at, open_at, found)
        end = at + len(line)
        if open_at >= 0 and not _goes_on(lines, k + 1):
            found.append(Quoted(open_at + 1, end, open_at, -1, "unclosed"))
            open_at = -1
        at = end + 1
    return sorted(found, key=lambda q: q.start)


def _line(text: str, line: str, at: int, open_at: int, found: list[Quoted]) -> int:
    """Note the quoted stretches that end in a line; return where the one that is still open began, or −1."""
    depth = 0
    begins = len(line) - len(line.lstrip(BLANK))
    for i, c in enumerate(line):
        if c in OUTER:
            if open_at < 0:
                open_at, depth = at + i, 1
            elif i == begins and open_at < at:
                depth = 1
            elif _closes_twice(line[i:]):
                depth += 1
            else:  # the mark before has lost its partner
                found.append(Quoted(open_at + 1, at + i, open_at, -1, "unclosed"))
                open_at, depth = at + i, 1
        elif c in "”」":
            if open_at < 0:
                low = max(at, max((m.end() for m in ENDS.finditer(text, at, at + i - 1)), default=at))
                low = max([low, *(q.close + 1 for q in found if q.close >= 0)])
                found.append(Quoted(low, at + i, -1, at + i, "unopened"))
            elif depth > 1:
                depth -= 1
            else:
                found.append(Quoted(open_at + 1, at + i, open_at, at + i))
                open_at, depth = -1, 0
    return open_at


def _closes_twice(rest: str) -> bool:
    """Return whether an opening mark inside an open stretch and the stretch itself are both closed in what follows."""
    depth = 2
    for c in rest[1:]:
        if c in OUTER:
            depth += 1
        elif c in "”」":
            depth -= 1
            if depth == 0:
                return True
    return False


def _goes_on(lines: list[str], k: int, most: int = 3) -> bool:
    """Return whether one of the next `most` lines closes what the line before left open."""
    if k == len(lines) or not most:
        return False
    line = lines[k].strip(BLANK)
    marks = [1 if c in OUTER else -1 for c in line if c in "“”「」"]
    if not marks:
        return _goes_on(lines, k + 1, most - 1)
    if marks[0] < 0:
        return True
    if line[0] not in OUTER:
        return False
    # A mark at its beginning repeats the one before where the line has one pair and ends with it, or stays open itself.
    return (marks == [1, -1] and line[-1] in "”」") or (sum(marks) == 1 and _goes_on(lines, k + 1, most - 1))
