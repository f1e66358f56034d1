"""What local statistics share: neighbours drawn at random, p-values of places, their adjustment, and marks on a map.

With neighbours drawn from all other units (Anselin 1995, doi:10.1111/j.1538-4632.1995.tb00338.x) every local statistic
here rises or falls with the weighted sum over them alone; so one count of these sums serves all. Testing N units at 5 %
finds 0.05 N clusters in pure noise: marks go by the share of false discoveries (Caldas de Castro and Singer 2006,
doi:10.1111/j.0016-7363.2006.00682.x).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.errors import SpecError, Where
from nqpf.frames import backend_of
from nqpf.regions.space.sections import Section, sections, small_note
from nqpf.regions.space.significance import check_test, false_discovery, permutation_p
from nqpf.regions.space.weights import Weights
from nqpf.results import Method, Note, TableResult

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Local:
    """A local statistic of T years × N units.

    Attributes
    ----------
    columns
        ``float64[T, N]`` each.
    moved
        ``float64[T, N]`` values that are drawn for the neighbours.
    sign
        ``float64[T, N]`` 1 where the statistic rises with their sum, −1 where it falls, 0 where it does not move.
    kind
        ``str[T, N]`` what a unit is marked as.
    """

    columns: dict[str, Floats]
    moved: Floats
    sign: Floats
    kind: NDArray[np.str_]


def located(
    data: Any,
    columns: Sequence[str],
    unit: str,
    weights: Weights,
    by: str | None,
    method: Method,
    compute: Callable[[Section], Local],
    workers: int | None,
    kind: str | None = None,
) -> TableResult:
    """Return a local statistic of each row of a table, in its order.

    Parameters
    ----------
    data, columns, unit, weights, by
        Table, its columns of numbers, names, weights, and years.
    method
        With the options permutations, seed, alternative and fdr.
    compute
        The statistic of a cross-section.
    workers
        Threads.
    kind
        Column for what each unit would be marked as; None: none.
    """
    about = method.options
    check_test(about["alternative"], about["permutations"], about["seed"])
    if not 0 < about["fdr"] < 1:
        raise SpecError("space_fdr", where=Where(key="fdr"), fdr=about["fdr"])
    frame, made, notes = sections(data, columns, unit, weights, by)
    parts = [_part(section, compute(section), about, workers, kind) for section in made]
    keys = frame.select(*([by] if by else []), unit).with_row_index("·row")
    found = keys.join(pl.concat(parts), on="·row", how="left", maintain_order="left").drop("·row")
    stated = Method(method.id, {**about, "weights": dict(weights.method.options)})
    return TableResult(found, stated, (*notes, *small_note(made), *_draws_note(made, about)), backend_of(data))


def _part(section: Section, local: Local, about: Any, workers: int | None, kind: str | None) -> pl.DataFrame:
    alone = np.broadcast_to(section.weights.counts == 0, local.moved.shape)
    p = _p_values(section, local, about, workers)
    p = {name: np.where(alone, np.nan, column) for name, column in p.items()}
    p["p_fdr"] = np.array([false_discovery(year) for year in p["p"]])
    flat = {"·row": section.rows.astype(np.uint32).ravel()}
    numbers = {name: np.asarray(c, dtype=np.float64).ravel() for name, c in (local.columns | p).items()}
    found = pl.DataFrame(flat | numbers).with_columns(pl.col(pl.Float64).fill_nan(None))
    words = pl.Series(local.kind.ravel().tolist(), dtype=pl.String)
    own = (
        []
        if kind is None
        else [words.zip_with(pl.Series(~alone.ravel()), pl.Series([None], dtype=pl.String)).alias(kind)]
    )
    return found.with_columns(*own, *_marks(found, words, about["fdr"]))


def _p_values(section: Section, local: Local, about: Any, workers: int | None) -> dict[str, Floats]:
    draws = about["permutations"]
    if not draws:
        return dict.fromkeys(("p", "p_directed"), np.full(local.moved.shape, np.nan))
    from nqpf.numerics.permutations import conditional_counts, drawn_positions

    matrix, n = section.weights.matrix, local.moved.shape[1]
    positions = drawn_positions(n - 1, int(section.weights.counts.max()), draws, about["seed"])
    high, low = conditional_counts(matrix, local.moved, positions, workers)
    above = np.where(local.sign > 0, high, np.where(local.sign < 0, low, draws))
    below = np.where(local.sign > 0, low, np.where(local.sign < 0, high, draws))
    return {
        "p": permutation_p(above, below, draws, about["alternative"]),
        "p_directed": (np.minimum(above, below) + 1) / (draws + 1),
    }


def _marks(found: pl.DataFrame, words: pl.Series, level: float) -> list[pl.Expr]:
    """Return what a unit is marked as where its p-value is at most `level`, none elsewhere, null without a p-value."""
    pairs = (("p", "cluster_unadjusted"), ("p_fdr", "cluster"))
    return [
        pl.when(pl.col(p).is_null())
        .then(None)
        .when(pl.col(p) <= level)
        .then(words)
        .otherwise(pl.lit("none"))
        .alias(name)
        for p, name in pairs
    ]


def _draws_note(made: Sequence[Section], about: Any) -> tuple[Note, ...]:
    """Return a remark if no single unit could be marked, so small a p-value cannot come out of so few draws."""
    units = max(s.rows.shape[1] for s in made)
    least = (2 if about["alternative"] == "two_sided" else 1) / (about["permutations"] + 1)
    if not about["permutations"] or least <= about["fdr"] / units:
        return ()
    wanted = int(np.ceil(least * (about["permutations"] + 1) * units / about["fdr"])) - 1
    return (Note("space_draws", "info", {"permutations": about["permutations"], "wanted": wanted, "units": units}),)
