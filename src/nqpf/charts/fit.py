"""Text that fits: measured widths and line breaks for pictures that place their own words."""

from __future__ import annotations

import re
from dataclasses import dataclass

LEAST = 9.5
"""Smallest font size in pixels that is still read with ease."""
_WIDTHS = {" .,:;'|ijlI": 0.29, 'frt()[]{}/-!"': 0.39, "cksvxyzJ?*": 0.54, "mwMW%@&": 0.9}
_OPENING = "（“‘《〈「【([“"
_CLOSING = "，。、；：？！）”’》〉」】),.;:?!%…"


@dataclass(frozen=True, slots=True)
class Fitted:
    """Lines of text, their font size and the height of their block, in pixels."""

    lines: tuple[str, ...]
    size: float
    height: float


def text_width(text: str, size: float) -> float:
    """Return the width of `text` in pixels at font size `size`.

    A Han character, and a sign that Chinese fonts set like one, is one em wide. Latin letters go by classes, each as
    wide as its widest letters in Noto Sans CJK and Arial.

    Examples
    --------
    >>> text_width("生产力", 10), round(text_width("mill", 10), 1)
    (30.0, 17.7)
    """
    return sum(_em(c) for c in text) * size


def _em(c: str) -> float:
    if c > "\u2000":
        return 1.0
    for letters, width in _WIDTHS.items():
        if c in letters:
            return width
    return 0.72 if c.isupper() else 0.61


def wrap(text: str, size: float, width: float) -> list[str]:
    """Break `text` into lines of at most `width` pixels, none much shorter than the others.

    Latin words stay whole (one too long for the line stands alone); Chinese breaks anywhere but before a closing
    or after an opening mark.

    Examples
    --------
    >>> wrap("打造“中国制造”品牌", 10, 50)
    ['打造“中国', '制造”品牌']
    """
    lines = _fill(text, size, width)
    # The narrowest width that needs no more lines gives lines of even length.
    step = size / 2
    while len(lines) > 1 and len(tighter := _fill(text, size, width - step)) == len(lines):
        if max(text_width(line, size) for line in tighter) > width - step:
            break
        lines, width = tighter, width - step
    return lines


def _fill(text: str, size: float, width: float) -> list[str]:
    lines: list[str] = [""]
    for piece in _pieces(text):
        if lines[-1] and text_width((lines[-1] + piece).rstrip(), size) > width:
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return [line.rstrip() for line in lines]


def _pieces(text: str) -> list[str]:
    """Cut `text` where a line may break; a piece keeps the space and the closing marks that follow it."""
    mark, shut = re.escape(_OPENING), re.escape(_CLOSING)
    return re.findall(rf"[{mark}]*(?:[\u2e80-\uffff]|[^\s\u2e80-\uffff{mark}]+|[{mark}])[{shut}]*\s*", text)


def fit(text: str, width: float, height: float, size: float, leading: float = 1.3) -> Fitted:
    """Break `text` to `width` at the largest font size, from `size` down to `LEAST`, that keeps it within `height`.

    Parameters
    ----------
    text
        The words.
    width, height
        Room in pixels.
    size
        Font size wished for.
    leading
        Distance of the lines in font sizes.

    Examples
    --------
    >>> fit("全要素生产率", 40, 30, 12, leading=1.0)
    Fitted(lines=('全要素', '生产率'), size=12, height=24.0)
    """
    while True:
        lines = wrap(text, size, width)
        high, wide = len(lines) * size * leading, max(text_width(line, size) for line in lines)
        if size <= LEAST or (high <= height and wide <= width):
            return Fitted(tuple(lines), size, high)
        size -= 0.5
