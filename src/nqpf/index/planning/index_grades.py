"""An index told in grades: which grade each unit is in, and whether it stays there when the index is built otherwise.

Whatever rebuilds the index (an indicator left out, figures imputed anew, other recipes) gives ranks; a grade holds a
run of ranks, so a unit whose ranks lie within one run is firmly in its grade.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.index.planning.grades import grades
from nqpf.index.planning.spec import GradesSpec
from nqpf.index.result import Index
from nqpf.messages import Text
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class IndexGrades(Result):
    """Units in grades by the score of the whole index in the last year.

    Attributes
    ----------
    frame
        Columns unit, grade (1 the best; null without a score), grade_low and grade_high (best and worst grade that
        the ranks reach), firm; units in their given order.
    cuts
        Columns grade, from, to (ends of scores) and count.
    titles
        Name of each grade, the best first.
    edges
        ``float64[grades − 1]``: last rank of each grade but the last.
    """

    frame: pl.DataFrame
    cuts: pl.DataFrame
    titles: tuple[Text, ...]
    edges: Floats
    notes: tuple[Note, ...]
    method: Method

    def of_ranks(self, ranks: Floats) -> Floats:
        """Return the grade that holds each rank, NaN where there is none: an array of the same shape."""
        return np.where(np.isnan(ranks), np.nan, np.searchsorted(self.edges, ranks, side="left") + 1.0)

    def to_frame(self) -> pl.DataFrame:
        """Return unit, grade, grade_low, grade_high and firm."""
        return self.frame


def index_grades(
    index: Index, how: GradesSpec, low: Floats, high: Floats, runs: pl.DataFrame | None = None
) -> IndexGrades:
    """Put the units of an index into grades.

    Parameters
    ----------
    index
        The index; its last year counts.
    how
        Where grades part.
    low, high
        ``float64[N]``: best and worst rank of each unit in the last year, its own included, however they were found.
    runs
        Columns unit, low and high: ends of its rank over the runs of a multiverse, which widen these.

    Raises
    ------
    SpecError, MethodError
        As `nqpf.index.planning.grades`.
    """
    units = index.panel.units
    scores = pl.DataFrame({"unit": units, "score": index.scores[-1, :, -1]})
    labels = None if how.labels is None else [label.en for label in how.labels]
    options = how.model_dump(exclude={"labels"})
    found = grades(scores, "score", **options, labels=labels, unit="unit", missing="keep")
    edges = found.cuts["count"].cum_sum().to_numpy()[:-1].astype(float)
    titles = how.labels or found.titles
    made = IndexGrades(found.frame, found.cuts, titles, edges, (), Method("planning.grades", options))
    if runs is not None:
        over = scores.select("unit").join(runs, on="unit", how="left", maintain_order="left")
        best, worst = (over[end].cast(pl.Float64).fill_null(np.nan).to_numpy() for end in ("low", "high"))
        # An end between two ranks lies between two runs, of which both count.
        low = np.where(np.isnan(low), low, np.fmin(low, np.floor(best)))
        high = np.where(np.isnan(high), high, np.fmax(high, np.ceil(worst)))
    ends = {"grade_low": made.of_ranks(low), "grade_high": made.of_ranks(high)}
    frame = (
        found.frame.select("unit", "grade")
        .with_columns(pl.Series(name, grade).fill_nan(None).cast(pl.Int64) for name, grade in ends.items())
        .with_columns(firm=pl.col("grade_low") == pl.col("grade_high"))
    )
    notes = tuple(note for note in found.notes if note.code == "grades_empty")
    return IndexGrades(frame, found.cuts, titles, edges, notes, made.method)
