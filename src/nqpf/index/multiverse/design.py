"""Designs: which combinations of alternatives are run.

A full factorial runs every combination once. Monte Carlo draws combinations at random. A Sobol' design follows Saltelli
et al. (2010): two independent samples A and B of a Sobol' sequence and, for every slot i, A with column i taken from B;
``n (slots + 2)`` rows. A number u of [0, 1) picks alternative ⌊u L⌋ of L: the cut is that of the interval itself, not
of the numbers that happened to be drawn.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import qmc

from nqpf.errors import SpecError, Where, hint, listing
from nqpf.frames import to_polars
from nqpf.index.multiverse.slots import Slot

Kind = Literal["factorial", "sobol", "montecarlo", "given"]
KINDS = ("factorial", "sobol", "montecarlo")
MOST_ROWS = 1_000_000
"""A design with more rows is refused rather than begun."""
DEFAULT_N = 1024


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """Rows of alternatives.

    Attributes
    ----------
    kind
        ``factorial``, ``sobol``, ``montecarlo`` or ``given`` (a table of the user's own).
    levels
        ``int[R, slots]`` position of the alternative of each slot, from 0.
    n
        Rows of a sample; None for ``factorial`` and ``given``.
    seed
        What the sample hangs on; None where nothing is drawn.
    """

    kind: Kind
    levels: NDArray[np.int64]
    n: int | None = None
    seed: int | None = None

    @property
    def sample(self) -> slice:
        """Rows that are a sample of the multiverse; of a Sobol' design A and B only."""
        return slice(0, 2 * self.n if self.kind == "sobol" and self.n else None)

    def blocks(self) -> list[str] | None:
        """Return the block (A, B, AB1, AB2, …) of each row of a Sobol' design."""
        if self.kind != "sobol" or self.n is None:
            return None
        names = ["A", "B", *(f"AB{i + 1}" for i in range(self.levels.shape[1]))]
        return [name for name in names for _ in range(self.n)]


def make_design(design: str | Any, slots: Sequence[Slot], *, n: int | None, seed: int) -> Design:
    """Return the rows of a design.

    Parameters
    ----------
    design
        ``factorial``, ``sobol``, ``montecarlo``, or a table with a column a slot that holds labels of alternatives or
        their positions from 1.
    slots
        What varies.
    n
        Rows of ``montecarlo``, base rows of ``sobol`` (a power of two is best); default 1,024. None for the others.
    seed
        Of ``sobol`` and ``montecarlo``.

    Raises
    ------
    SpecError
        An unknown design, a number where none is drawn, too many rows, or a table that does not fit the slots.

    References
    ----------
    Saltelli, Annoni, Azzini, Campolongo, Ratto & Tarantola (2010), Variance based sensitivity analysis of model output,
    Computer Physics Communications 181, doi:10.1016/j.cpc.2009.09.018.
    """
    if n is not None and (not isinstance(design, str) or design == "factorial"):
        raise SpecError("n_without_sampling", where=Where(key="n"), n=n)
    if not isinstance(design, str):
        return Design("given", _given(to_polars(design), slots))
    counts = [len(slot.alternatives) for slot in slots]
    if design == "factorial":
        rows = math.prod(counts)
        _refuse_large(rows)
        grid = np.indices(counts).reshape(len(counts), -1).T
        return Design("factorial", np.ascontiguousarray(grid, dtype=np.int64))
    if design not in KINDS:
        options, near = listing(KINDS), hint(design, KINDS)
        raise SpecError("bad_choice", where=Where(key="design"), value=design, options=options, hint=near)
    n = DEFAULT_N if n is None else n
    if n < 2:
        raise SpecError("sample_too_small", where=Where(key="n"), n=n)
    _refuse_large(n * (len(slots) + 2) if design == "sobol" else n)
    levels = _sobol(n, len(slots), seed) if design == "sobol" else np.random.default_rng(seed).random((n, len(slots)))
    return Design("sobol" if design == "sobol" else "montecarlo", cut(levels, counts), n, seed)


def cut(u: NDArray[np.float64], counts: Sequence[int]) -> NDArray[np.int64]:
    """Return which of L equally likely alternatives each number of [0, 1) picks, column by column.

    Examples
    --------
    >>> cut(np.array([[0.0, 0.49], [0.34, 0.51]]), [3, 2]).tolist()
    [[0, 0], [1, 1]]
    """
    found: NDArray[np.int64] = np.floor(u * np.asarray(counts)).astype(np.int64)
    return found


def _sobol(n: int, slots: int, seed: int) -> NDArray[np.float64]:
    """Return A, B and every A with one column of B, ``float64[n (slots + 2), slots]``."""
    sampler = qmc.Sobol(2 * slots, scramble=True, seed=np.random.default_rng(seed))
    both: NDArray[np.float64] = sampler.random_base2(int(np.ceil(np.log2(n))))[:n]
    a, b = both[:, :slots], both[:, slots:]
    mixed = [np.where(np.arange(slots) == i, b, a) for i in range(slots)]
    return np.concatenate([a, b, *mixed])


def _given(table: pl.DataFrame, slots: Sequence[Slot]) -> NDArray[np.int64]:
    """Return the rows of a table of labels or positions."""
    names = [slot.name for slot in slots]
    for name in names:
        if name not in table.columns:
            options = listing(table.columns, 20)
            raise SpecError("design_lacks_slot", slot=name, options=options, hint=hint(name, table.columns))
    if not table.height:
        raise SpecError("design_empty")
    _refuse_large(table.height)
    return np.stack([_positions(table[slot.name], slot) for slot in slots], axis=1)


def _positions(column: pl.Series, slot: Slot) -> NDArray[np.int64]:
    labels = {a.label: i for i, a in enumerate(slot.alternatives)}
    known: dict[Any, int] = labels if column.dtype == pl.String else {i + 1: i for i in labels.values()}
    found = []
    for row, value in enumerate(column.to_list()):
        if value not in known:
            where, options = Where(row=row + 1), listing(known, 40)
            near = hint(str(value), labels)
            raise SpecError(
                "design_unknown_alternative", where=where, slot=slot.name, value=value, options=options, hint=near
            )
        found.append(known[value])
    return np.array(found, dtype=np.int64)


def _refuse_large(rows: int) -> None:
    if rows > MOST_ROWS:
        raise SpecError("design_too_large", rows=rows, most=MOST_ROWS)
