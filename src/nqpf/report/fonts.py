"""Which fonts a PDF is set in: the best of those that the system has, in a fixed order of preference."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from nqpf.charts.theme import FONT

HAN = re.compile(r"[\u2e80-\u2fdf\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")

LATIN = "Libertinus Serif"
MONO = "DejaVu Sans Mono"
"""Both are part of typst and always there."""

SERIF = (
    "SimSun", "Songti SC", "Noto Serif CJK SC", "Source Han Serif SC", "Noto Serif SC", "Source Han Serif CN",
    "STSong", "NSimSun", "FandolSong", "AR PL UMing CN",
)  # fmt: skip
SANS = (
    "SimHei", "PingFang SC", "Heiti SC", "Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC",
    "Source Han Sans CN", "Microsoft YaHei", "STHeiti", "Hiragino Sans GB", "DengXian", "FandolHei",
    "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Sarasa Gothic SC", "Droid Sans Fallback",
)  # fmt: skip
OTHERS = (
    "FangSong", "KaiTi", "STKaiti", "STFangsong", "Kaiti SC", "FandolKai", "FandolFang", "AR PL UKai CN",
    "Noto Serif CJK TC", "Noto Serif CJK JP", "Noto Sans CJK TC", "Noto Sans CJK JP", "Microsoft JhengHei", "PMingLiU",
    "Arial Unicode MS", "Unifont",
)  # fmt: skip
"""Fonts that hold the characters but were drawn for other uses or with other regions' forms."""


@dataclass(frozen=True, slots=True)
class Faces:
    """The font families of a document.

    Attributes
    ----------
    serif, sans
        Chinese faces of running text and of headings; None where the system has no Chinese font.
    pictures
        What figures ask for, first choice first, in the form of CSS.
    """

    serif: str | None
    sans: str | None
    pictures: str

    @property
    def text(self) -> list[str]:
        """Return the families of running text, Latin first."""
        return [LATIN, *([self.serif] if self.serif else [])]

    @property
    def heading(self) -> list[str]:
        """Return the families of headings."""
        return [self.sans] if self.sans else [LATIN]


def faces(families: Collection[str]) -> Faces:
    """Return the faces a document is set in.

    Parameters
    ----------
    families
        Names of the font families that there are.

    Examples
    --------
    >>> found = faces({"Arial", "SimSun", "SimHei", "Microsoft YaHei"})
    >>> found.serif, found.sans
    ('SimSun', 'SimHei')
    >>> faces({"Arial"}).serif is None
    True
    """
    serif, sans, other = (_first(names, families) for names in (SERIF, SANS, OTHERS))
    heading = sans or serif or other
    # Labels are placed for the fonts that the charts ask for; the heading's face is for systems that have none of them.
    asked = [name.strip() for name in FONT.split(",")]
    known = _first([name for name in asked if name in SANS], families)
    return Faces(serif or sans or other, heading, FONT if known or not heading else f"{heading}, {FONT}")


def has_chinese(text: str) -> bool:
    """Return whether `text` holds a Chinese character.

    Examples
    --------
    >>> has_chinese("a“b”—c"), has_chinese("表 1")
    (False, True)
    """
    return HAN.search(text) is not None


def _first(names: Sequence[str], families: Collection[str]) -> str | None:
    return next((name for name in names if name in families), None)
