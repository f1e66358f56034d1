"""What a sufficiency analysis gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals as nw
import polars as pl

from nqpf.frames import as_backend
from nqpf.results import Method, Note, Result


@dataclass(frozen=True, slots=True, eq=False)
class Sufficiency(Result):
    """Combinations of conditions that suffice.

    Attributes
    ----------
    frame
        A row a model and path: ``model``, ``path`` (``a*~b``: a present and b absent), ``consistency``, ``pri``,
        ``coverage``, ``unique`` (what no other path of the model covers), ``cases`` (with membership above one half),
        ``typical`` (of these, with the outcome), ``stays`` and ``nested`` (shares of variants in which the path is
        found as it is; in which it, or one that adds or drops conditions, is found); for pooled years ``between`` and
        ``within``, distances from equal consistency over years and over units.
    solutions
        A row a model: paths, consistency, pri, coverage, solution.
    terms
        A row a model, path and condition in it: ``state`` (``present`` or ``absent``), ``core`` (also in a parsimonious
        path that holds this one).
    necessity
        A row a condition and state: consistency, coverage, relevance (RoN), necessary (consistency at least 0.9).
    truth
        A row a combination: its conditions as 0 and 1, n, consistency, pri, out (``passes``, ``fails``, ``remainder``),
        cases. Combinations without any case are left out; `remainders` counts them.
    cases
        A row a model and case in a path, or with the outcome in none: path (null), membership, outcome, kind
        (``typical``; ``deviant_consistency``: in the path without the outcome; ``deviant_coverage``: the outcome
        without a path).
    memberships, anchors
        Memberships of cases, and the anchors they rest on.
    variants
        A row a variant: kind, column, value, models, paths, same (how many of the paths are found as they are),
        consistency, coverage, solution (its first model).
    years
        For pooled years, a row a path and year: consistency and coverage. Else empty.
    ties
        Cases with a membership of exactly one half, and the column.
    paths, models
        How many paths the first model has, how many models of that length there are.
    remainders
        Combinations that are not judged.
    statistic, p
        How much of the outcome the combinations that pass account for, and the share of shuffled outcomes with which as
        much passes. NaN where outcomes cannot be shuffled.
    """

    frame: pl.DataFrame
    solutions: pl.DataFrame
    terms: pl.DataFrame
    necessity: pl.DataFrame
    truth: pl.DataFrame
    cases: pl.DataFrame
    memberships: pl.DataFrame
    anchors: pl.DataFrame
    variants: pl.DataFrame
    years: pl.DataFrame
    ties: pl.DataFrame
    paths: int
    models: int
    remainders: int
    statistic: float
    p: float
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return `frame` as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)
