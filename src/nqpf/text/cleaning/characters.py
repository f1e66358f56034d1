"""What kind each character is, and how wide it is set: tables that turn a text into arrays."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint32]
Kinds = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Index = NDArray[np.int64]

OTHER, NEWLINE, BLANK, HAN, MARK, STOP, OPEN, CLOSE, LETTER, DIGIT, HALF = range(11)
"""Kinds of character: anything else, line end, blank, Chinese character, full-width mark inside a sentence, full-width
end of a sentence, opening and closing bracket or quotation mark, Latin letter, digit, half-width punctuation."""

_AT_ONCE = 1 << 20
"""Characters that are coded at once, so that a text of any size is held once."""
_BLANKS = "\t\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000\u200b\ufeff"
_MARKS = "，、；：·—～〜–―‥•﹣－／＼｜＋＝＊＆％＃＠＿￥"
_STOPS = "。！？．…"
_OPENS = "“‘「『（【《〈〔［｛"
_CLOSES = "”’」』）】》〉〕］｝"
_HAN = (
    (0x2E80, 0x2FDF),
    (0x3005, 0x3007),
    (0x3021, 0x302F),
    (0x3040, 0x30FF),
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x323AF),
)
_LETTERS = ((0x41, 0x5A), (0x61, 0x7A), (0xC0, 0x24F), (0x370, 0x52F), (0x1E00, 0x1FFF), (0xAC00, 0xD7A3))
_DIGITS = ((0x30, 0x39), (0xFF10, 0xFF19))
_WIDE = ((0x1100, 0x115F), (0x2014, 0x2026), (0x2460, 0x2BFF), (0x2E80, 0xD7A3), (0xF900, 0xFAFF), (0xFE30, 0xFE6F))
_WIDE_TOO = ((0xFF00, 0xFF60), (0xFFE0, 0xFFE6), (0x1F300, 0x1FAFF), (0x20000, 0x3FFFD))


def codes_of(text: str) -> Codes:
    """Return the code points of a text."""
    codes = np.empty(len(text), dtype=np.uint32)
    for at in range(0, len(text), _AT_ONCE):
        part = text[at : at + _AT_ONCE].encode("utf-32-le", "surrogatepass")
        codes[at : at + _AT_ONCE] = np.frombuffer(part, dtype="<u4")
    return codes


def text_of(codes: Codes, keep: Mask | None = None) -> str:
    """Return the text of code points, of those that `keep` says or of all."""
    parts = []
    for at in range(0, len(codes), _AT_ONCE):
        part = codes[at : at + _AT_ONCE]
        part = part if keep is None else part[keep[at : at + _AT_ONCE]]
        parts.append(part.astype("<u4", copy=False).tobytes().decode("utf-32-le", "surrogatepass"))
    return "".join(parts)


@cache
def kind_table() -> Kinds:
    """Return the kind of every code point; read only."""
    table = np.zeros(0x110000, dtype=np.uint8)
    for ranges, kind in ((_HAN, HAN), (_LETTERS, LETTER), (_DIGITS, DIGIT)):
        for first, last in ranges:
            table[first : last + 1] = kind
    table[0x2000:0x200C] = BLANK
    words = ((_BLANKS, BLANK), (_MARKS, MARK), (_STOPS, STOP), (_OPENS, OPEN), (_CLOSES, CLOSE), (",.:;?!()", HALF))
    for characters, kind in words:
        for character in characters:
            table[ord(character)] = kind
    table[ord("\n")] = NEWLINE
    table.setflags(write=False)
    return table


@cache
def width_table() -> Kinds:
    """Return the width of every code point in halves of a Chinese character; read only."""
    table = np.ones(0x110000, dtype=np.uint8)
    for first, last in _WIDE + _WIDE_TOO:
        table[first : last + 1] = 2
    for character in "“”‘’·—…、。":
        table[ord(character)] = 2
    table[ord("\n")] = 0
    table.setflags(write=False)
    return table


def texts_of(codes: Codes, keep: Mask, start: Index, end: Index) -> list[str]:
    """Return what is left of each of some spans."""
    at = inside(start, end)
    kept = keep[at]
    ends = np.append(0, np.cumsum(kept))[np.append(0, np.cumsum(end - start))].tolist()
    left = text_of(codes[at[kept]])
    return [left[a:b] for a, b in pairwise(ends)]


def inside(start: Index, end: Index) -> Index:
    """Return every offset of some spans, each from its start to before its end."""
    size = end - start
    return np.repeat(start - np.cumsum(size) + size, size) + np.arange(int(size.sum()))


def kinds_of(codes: Codes) -> Kinds:
    """Return the kind of each character."""
    table, kinds = kind_table(), np.empty(len(codes), dtype=np.uint8)
    for at in range(0, len(codes), _AT_ONCE):
        kinds[at : at + _AT_ONCE] = table[codes[at : at + _AT_ONCE]]
    return kinds


def chinese(kinds: Kinds) -> Mask:
    """Return where a character is set in Chinese type: a Chinese character or full-width punctuation."""
    return (kinds >= HAN) & (kinds <= CLOSE)
