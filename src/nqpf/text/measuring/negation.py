"""Which places stand behind a word of negation in the same clause: a rule and a list, both open to view.

A negator (不是, 防止 …) reaches to the end of its clause, which is at ， ； ： or an end of sentence but not at the
enumeration comma, or to a turn (而是, 但 …). Words are in ``negation.yaml``. What stands before its negator
(“泡沫化要不得”), double negation, irony and negation across clauses are not seen: occurrences are marked, not judged.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from nqpf.numerics.automaton import Automaton
from nqpf.text.measuring.batch import Batch
from nqpf.text.measuring.characters import CLAUSE, END, LINE
from nqpf.yamlfile import Strict, load, validate

Places = NDArray[np.int64]
Bools = NDArray[np.bool_]


class _List(Strict):
    version: str
    negators: tuple[str, ...]
    exceptions: tuple[str, ...]
    turns: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Negation:
    """The list, ready to be looked for: negators first, then turns, then exceptions."""

    version: str
    words: Automaton
    negators: int
    turns: int

    def behind(self, batch: Batch, place: Places) -> Bools:
        """Return whether a negator reaches each place, ``bool[h]``."""
        ends, word = self.words.longest(batch.codes)
        said = ends[word < self.negators]
        turn = ends[(word >= self.negators) & (word < self.negators + self.turns)]
        broken = np.union1d(np.flatnonzero(batch.kinds & (END | LINE | CLAUSE)) + 1, turn)
        return _last(said, place) > _last(broken, place)


def _last(sorted_: Places, place: Places) -> Places:
    """Return the last of some sorted places at or before each place, −1 if there is none."""
    k = np.searchsorted(sorted_, place, side="right")
    found: Places = np.concatenate([np.array([-1]), sorted_])[k]
    return found


@cache
def negation() -> Negation:
    """Return the shipped list."""
    with resources.as_file(resources.files("nqpf.text.measuring") / "negation.yaml") as file:
        content = validate(_List, load(file))
    words = (*content.negators, *content.turns, *content.exceptions)
    return Negation(content.version, Automaton.of(words), len(content.negators), len(content.turns))
