"""What kind of character is what: a table over code points, so that texts are told apart without a loop."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint32]
Kinds = NDArray[np.uint8]

SENTENCE_ENDS = "。！？!?…"
"""Characters that end a sentence; so does the end of a line, and a full stop behind a Latin letter or digit before a
blank."""
LINE_ENDS = "\n\r\v\f\u0085\u2028\u2029"
"""Characters that end a line."""
CLOSERS = "”’\"'）)】」』》］]"
"""What may stand behind the end of a sentence and still belong to it."""
CLAUSE_ENDS = "，,；;：:—"
"""Characters that end a clause, besides those that end a sentence; the enumeration comma 、 does not."""

BLANK, LETTER, END, CLOSER, LINE, CLAUSE, LATIN, STOP = (np.uint8(1 << k) for k in range(8))
"""Bits of a character: blank; letter, digit or ideograph; end of a sentence; closer; end of a line; end of a clause;
Latin letter or digit; full stop."""

_SIZE = 0x110000


@cache
def _table() -> Kinds:
    table = np.zeros(_SIZE, np.uint8)
    plane = "".join(map(chr, range(0x30000)))
    table[[i for i, c in enumerate(plane) if c.isalnum()]] |= LETTER
    table[[i for i, c in enumerate(plane) if c.isspace()]] |= BLANK
    latin = [i for i in range(0x250) if chr(i).isalnum()]
    for bit, members in (
        (END, SENTENCE_ENDS),
        (CLOSER, CLOSERS),
        (LINE, LINE_ENDS),
        (CLAUSE, CLAUSE_ENDS),
        (STOP, "."),
    ):
        table[[ord(c) for c in members]] |= bit
    table[latin] |= LATIN
    table[0x30000:0x32000] |= LETTER
    table.flags.writeable = False
    return table


def codes_of(text: str) -> Codes:
    """Return the code points of a text, ``uint32[n]``."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def kinds_of(codes: Codes) -> Kinds:
    """Return the bits of each character, ``uint8[n]``."""
    found: Kinds = _table()[codes]
    return found


def sentence_starts(kinds: Kinds) -> NDArray[np.int64]:
    """Return where sentences begin, ``int64[S]``; the first is 0.

    A sentence ends with the last of a run of end characters and of the closers that follow them, or with its line.

    Examples
    --------
    >>> text = "“好。”他走了……天黑。3.6%算多？Yes. No"
    >>> starts = sentence_starts(kinds_of(codes_of(text))).tolist()
    >>> [text[a:b] for a, b in zip(starts, [*starts[1:], len(text)])]
    ['“好。”', '他走了……', '天黑。', '3.6%算多？', 'Yes.', ' No']
    """
    if not kinds.size:
        return np.zeros(0, np.int64)
    ends = (kinds & END) != 0
    stops = np.flatnonzero(kinds & STOP)
    after = np.append(kinds, LINE)[stops + 1]
    ends[stops[((after & (BLANK | LINE)) != 0) & (stops > 0) & ((kinds[stops - 1] & LATIN) != 0)]] = True
    tail = ends | ((kinds & LINE) != 0)
    closer = np.flatnonzero(kinds & CLOSER)
    if closer.size:
        run = np.flatnonzero(np.diff(closer, prepend=-2) != 1)
        first = closer[np.repeat(run, np.diff(np.append(run, closer.size)))]
        tail[closer] = (first > 0) & ends[first - 1]
    starts = np.flatnonzero(tail[:-1] & ~tail[1:]) + 1
    return np.concatenate([np.zeros(1, np.int64), starts])


def line_starts(kinds: Kinds) -> NDArray[np.int64]:
    """Return where lines begin, ``int64[L]``; the first is 0."""
    if not kinds.size:
        return np.zeros(0, np.int64)
    line = (kinds & LINE) != 0
    return np.concatenate([np.zeros(1, np.int64), np.flatnonzero(line[:-1] & ~line[1:]) + 1])
