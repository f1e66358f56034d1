"""Which of a table's numbers a footnote speaks of: by its sign, by name, or all of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from nqpf.data.reading.tokens import has_han

WHOLE = re.compile(
    r"修订|普查|口径|分类标准|行业分类|本表|以上|各项|调整|四舍五入|revis|census|classification|all figures|rounding",
    re.IGNORECASE,
)
"""Words of notes that concern a table as a whole, also where they name one series (GDP was revised, and its parts)."""
_SIGN = re.compile(r"[①-⑳†‡*]+|[¹²³⁰⁴-⁹]+|(?<![\d.])[(（\[]\d{1,2}[)）\]]")
_SEVERAL = re.compile(r"(?=[①-⑳])|\n+")
"""Where one text holds several notes: before ① and ②, and at line ends."""


def several(text: str) -> list[str]:
    """Return the notes in one text, each from its sign on.

    Examples
    --------
    >>> several("注：①不含私营单位。②含军人。"), several("注：数据已修订。")
    (['①不含私营单位。', '②含军人。'], ['注：数据已修订。'])
    """
    parts = [p.strip() for p in _SEVERAL.split(text)]
    found = [p for p in parts if p.rstrip(":： ") not in ("", "注", "附注", "说明", "备注", "Note", "Notes")]
    return found or [text]


def sign_of(note: str) -> str | None:
    """Return the sign at a note's beginning: ``①``, ``*``, ``(1)``.

    Examples
    --------
    >>> sign_of("注：①不含私营单位"), sign_of("* estimated"), sign_of("注：数据已修订")
    ('①', '*', None)
    """
    body = re.sub(r"^\s*(?:注|附注|说明|备注|notes?)\s*[:：]?\s*", "", note, flags=re.IGNORECASE)
    found = _SIGN.match(body)
    return found[0] if found else None


def named_in(note: str, names: Iterable[str]) -> list[str]:
    """Return the indicators that a footnote speaks of by name; all of them if it names none or concerns them all.

    Of the name of an indicator in several levels (就业人员:城镇), each level counts.

    Examples
    --------
    >>> named_in("注：就业人员不含私营单位。", ["就业人员", "工资"])
    ['就业人员']
    >>> named_in("注：2018年工资数据已按普查修订。", ["就业人员", "工资"])
    ['就业人员', '工资']
    """
    listed = list(names)
    named = [n for n in listed if any(_stands_in(level, note) for level in n.split(":"))]
    return listed if not named or WHOLE.search(note) else named


def _stands_in(name: str, note: str) -> bool:
    if has_han(name):
        return len(name) > 1 and name in note
    return len(name) > 2 and bool(
        re.search(rf"(?<![A-Za-z0-9_]){re.escape(name)}(?![A-Za-z0-9_])", note, re.IGNORECASE)
    )


def _is_sign(sign: str, mark: str) -> bool:
    """Return whether a sign is the one behind a name, or one of those there (①②); ``*`` is not ``**``."""
    bare, behind = sign.strip("()（）[]"), mark.strip("()（）[]")
    return bare == behind or (sign in "①②③④⑤⑥⑦⑧⑨⑩" and sign in mark)


def rows_of(note: str, columns: Mapping[str, Sequence[str | None]], names: Sequence[str]) -> list[bool]:
    """Return for each row whether a footnote speaks of it.

    Parameters
    ----------
    note
        The footnote.
    columns
        Where its sign may stand: the signs behind each row's indicator, unit and number.
    names
        Each row's indicator.
    """
    sign = sign_of(note)
    for signs in columns.values() if sign is not None else ():
        marked = [mark is not None and _is_sign(str(sign), mark) for mark in signs]
        if any(marked):
            return marked
    about = set(named_in(note, dict.fromkeys(names)))
    return [name in about for name in names]
