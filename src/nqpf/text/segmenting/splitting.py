"""Bodies that hold several articles with nothing between them: parted where the titles of the page begin to fit.

All ways to part a text among its titles are weighed at once (dynamic programming over paragraphs and sets of titles):
the first paragraph of an article should speak of its title, the others more of it than of other titles, and the words
before a boundary should differ from those after it (as in TextTiling, Hearst 1997, Computational Linguistics 23(1):
33–64).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nqpf.numerics.parting import Weights, best_parting
from nqpf.text.segmenting.likeness import Likeness, joined

Floats = NDArray[np.float64]

_MOST, _SEVERAL = 8, 3
_ONE = Weights(lead=1.5, follows=0.3, rest=0.75, turn=0.8, reach=3, like=1.5, rounds=2, least=1.5, script=0x3400)
_LISTED = _ONE._replace(least=0.6)
"""What counts how much; a split must bring less, beyond what an article without it would, where several are listed."""


@dataclass(frozen=True, slots=True)
class Split:
    """Where articles begin (places of paragraphs) and which title fits each (its place, −1 for none)."""

    starts: tuple[int, ...]
    titles: tuple[int, ...]


def split(
    titles: Sequence[str], paragraphs: Sequence[str], may_start: Floats, fixed: Sequence[int], wanted: int
) -> Split:
    """Part paragraphs among titles.

    Parameters
    ----------
    titles
        The titles, T of them; at most eight are weighed at once.
    paragraphs
        P paragraphs in the order of the page.
    may_start
        ``float[P]`` what speaks for (positive) or against (negative) an article beginning at each paragraph.
    fixed
        Paragraphs at which an article begins for sure; 0 is one of them.
    wanted
        How many articles the page must hold at least; more are found only where titles fit clearly.
    """
    titles = titles[:_MOST]
    text = joined(paragraphs)
    fit = Likeness.of(titles, text)
    edges = np.array([*sorted(fixed), len(paragraphs)])
    by = _ONE if len(titles) < _SEVERAL else _LISTED
    found = best_parting(fit.cover, fit.shared, text, may_start, edges, wanted, by)
    return Split(tuple(found[0].tolist()), tuple(found[1].tolist()))
