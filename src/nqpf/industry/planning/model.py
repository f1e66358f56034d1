"""The plan of all regions as one mixed-integer linear program, and what its rows mean.

Constraints that a plan can be measured by have a code and the region, industry, cluster or gap they speak of; those
that only tie auxiliary columns to targets are links.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.industry.planning.case import Case
from nqpf.industry.planning.families import ALONE, TOGETHER, Draft
from nqpf.numerics.mixed import Program
from nqpf.numerics.rows import Blocks

Integers = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A program, and what its columns and rows mean.

    Attributes
    ----------
    program
        The program; its first columns are the `pairs`.
    pairs
        ``int[c]`` pairs that have a column.
    code
        ``str[m]`` what each row limits.
    r, j, other
        ``int[m]`` region, industry and cluster or gap that a row speaks of, −1 where none.
    """

    program: Program
    pairs: Integers
    code: NDArray[np.str_]
    r: Integers
    j: Integers
    other: Integers


def model(case: Case, pairs: Integers) -> Model:
    """Return the program over some pairs; the other pairs are not chosen."""
    q = case.q
    blocks = Blocks()
    x = blocks.add_columns(pairs.size, case.net[pairs], 1.0, lower=np.isin(pairs, case.musts), whole=True)
    draft = Draft(case, pairs, q.r[pairs], q.j[pairs], x, blocks)
    for family in TOGETHER if case.joint else ALONE:
        family(draft)
    program = blocks.program()
    if not draft.meanings:
        return Model(program, pairs, np.zeros(0, dtype=np.str_), *(np.zeros(0, dtype=np.intp),) * 3)
    code = np.concatenate([np.full(m[1].size, m[0]) for m in draft.meanings])
    return Model(program, pairs, code, *(np.concatenate([m[which] for m in draft.meanings]) for which in (1, 2, 3)))


def least_gain(found: Model) -> int:
    """Return the column of the least gain: the last of a program with fairness."""
    return found.program.gain.size - 1


def described(case: Case, found: Model) -> pl.DataFrame:
    """Return what every row means: ``constraint``, keys, ``name`` of its cluster, gap or layer."""
    q = case.q
    names = np.full(found.code.size, None, dtype=object)
    for code, labels in (("cluster", q.clusters), ("gap", q.gaps.names), ("layer", tuple(sorted(q.spec.layer_most)))):
        on = found.code == code
        names[on] = [labels[place] for place in found.other[on]]
    return pl.DataFrame(
        [
            pl.Series("constraint", found.code.astype(object), dtype=pl.String),
            _labels(q.units, found.r).alias(q.unit),
            _labels(q.industries, found.j).alias(q.industry),
            pl.Series("name", names.tolist(), dtype=pl.String),
        ]
    )


def _labels(labels: pl.Series, places: Integers) -> pl.Series:
    return labels.gather(pl.Series(np.where(places < 0, 0, places))).set(pl.Series(places < 0), None)
