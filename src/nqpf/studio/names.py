"""Names of uploaded files: no path, no control character, nothing that Windows keeps for itself."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from itertools import count
from pathlib import PurePosixPath

RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
LONGEST = 120


def clean_name(name: str) -> str:
    r"""Return a name that a file can have on every system.

    Examples
    --------
    >>> clean_name("../../etc/盘\x00点 2024?.xlsx"), clean_name("CON.csv"), clean_name("..")
    ('盘点 2024_.xlsx', '_CON.csv', 'file')
    """
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    name = "".join(c for c in name if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
    name = re.sub(r'[<>:"|?*]', "_", name).strip().lstrip(".").rstrip(". ")
    suffix = PurePosixPath(name).suffix[:12]
    name = name.removesuffix(suffix)[: LONGEST - len(suffix)] + suffix
    while len(name.encode()) > 2 * LONGEST:  # file systems count bytes: a name of Chinese characters has three a sign
        name = name.removesuffix(suffix)[:-1] + suffix
    return f"_{name}" if RESERVED.fullmatch(name) else name or "file"


def free_name(name: str, taken: Collection[str]) -> str:
    """Return `name`, or with ``(2)``, ``(3)``, … before its suffix if it is taken.

    Examples
    --------
    >>> free_name("a.csv", ["A.csv", "a (2).csv"])
    'a (3).csv'
    """
    known = {one.casefold() for one in taken}
    path = PurePosixPath(name)
    names = (f"{path.stem} ({number}){path.suffix}" for number in count(2))
    return name if name.casefold() not in known else next(one for one in names if one.casefold() not in known)
