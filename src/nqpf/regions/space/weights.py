"""Spatial weights: who neighbours whom and how much, always ordered by label, never by position.

One type for the whole room: a sparse matrix with the names of its rows. What builds one stands in the other files of
this folder. Anselin (1988), Spatial Econometrics: Methods and Models, doi:10.1007/978-94-015-7799-1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from nqpf.columns import choose
from nqpf.errors import DataError, MethodError, Where, hint, listing
from nqpf.regions.space.scaling import Standard, scaled
from nqpf.results import Method, Note

Floats = NDArray[np.float64]
Alone = Literal["raise", "drop", "keep"]


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """Weights of N units: row i says how much each unit counts as a neighbour of unit i.

    Attributes
    ----------
    labels
        N names, each once.
    matrix
        ``float64[N, N]`` in compressed rows, nothing negative, nothing on the diagonal.
    method
        How they came about.
    notes
        Remarks, e.g. on islands.
    """

    labels: tuple[str, ...]
    matrix: sparse.csr_array
    method: Method
    notes: tuple[Note, ...] = ()

    @classmethod
    def of(
        cls,
        labels: Sequence[str],
        matrix: ArrayLike | sparse.sparray,
        method: Method | None = None,
        notes: tuple[Note, ...] = (),
    ) -> Weights:
        """Return checked weights from names and a dense or sparse matrix ``[N, N]``.

        Raises
        ------
        DataError
            A name is there twice, or the matrix is not N × N.
        MethodError
            A weight is negative or no number, or a unit is its own neighbour.

        Examples
        --------
        >>> Weights.of(["a", "b", "c"], [[0, 1, 0], [1, 0, 1], [0, 1, 0]]).islands
        ()
        """
        names = tuple(str(label) for label in labels)
        twice = [name for name, count in Counter(names).items() if count > 1]
        if twice:
            raise DataError("weights_label_twice", labels=listing(sorted(twice)))
        found = sparse.csr_array(matrix, dtype=np.float64)
        if found.shape != (len(names), len(names)):
            rows, columns = (*found.shape, 1)[:2]
            raise DataError("weights_shape", rows=rows, columns=columns, units=len(names))
        found.sum_duplicates()
        found.eliminate_zeros()
        wrong = np.flatnonzero(~(np.isfinite(found.data) & (found.data > 0)))
        if wrong.size:
            row = int(np.searchsorted(found.indptr, wrong[0], side="right")) - 1
            value = float(found.data[wrong[0]])
            raise MethodError(
                "spatial_weight_negative",
                where=Where(unit=names[row]),
                other=names[found.indices[wrong[0]]],
                value=value,
            )
        own = np.flatnonzero(found.diagonal())
        if own.size:
            raise MethodError("weights_diagonal", where=Where(unit=names[own[0]]))
        return cls(names, found, method or Method("regions.weights", {"kind": "matrix"}), notes)

    @classmethod
    def from_pairs(
        cls,
        table: Any,
        unit: str,
        neighbour: str,
        weight: str | None = None,
        *,
        units: Sequence[str] | None = None,
        both_ways: bool = True,
    ) -> Weights:
        """Return weights from a table of pairs, such as a list of common borders.

        Parameters
        ----------
        table
            Any dataframe that narwhals knows, a row a pair.
        unit, neighbour
            Columns of names.
        weight
            Column of weights; default: every pair counts 1.
        units
            All units, so that those without a pair are known too; default: those in the table.
        both_ways
            Whether a pair counts in both directions.

        Raises
        ------
        DataError
            A column or a name is absent, a pair stands twice, or a pair has another weight the other way round.
        MethodError
            A weight is negative or no number, or a unit is its own neighbour.

        Examples
        --------
        >>> Weights.from_pairs({"a": ["x", "y"], "b": ["y", "z"]}, "a", "b").dense().sum()
        np.float64(4.0)
        """
        from nqpf.regions.space.exchange import pairs_of

        names, matrix = pairs_of(table, unit, neighbour, weight, units, both_ways)
        return cls.of(names, matrix, Method("regions.weights", {"kind": "pairs"}))

    @classmethod
    def from_table(cls, source: Any, units: Sequence[str] | None = None, *, sheet: str | None = None) -> Weights:
        """Return weights from a file (csv, xlsx, …) or dataframe that holds a square matrix.

        Parameters
        ----------
        source
            Path or dataframe: names in the first column and in the header, or no names at all.
        units
            Names of the rows in their order, for a matrix without names; of one with names, the units wanted.
        sheet
            Sheet of a workbook.

        Raises
        ------
        DataError
            The table is not square or has no names, rows and columns are named differently, or a cell is no number.
        """
        from nqpf.regions.space.exchange import table_of

        names, matrix = table_of(source, units, sheet)
        found = cls.of(names, matrix, Method("regions.weights", {"kind": "matrix"}))
        return found if units is None else found.aligned(units)

    @classmethod
    def from_libpysal(cls, weights: Any) -> Weights:
        """Return weights from libpysal's ``W`` or ``Graph``, with the ids as names.

        Raises
        ------
        SpecError
            It is neither.
        """
        from nqpf.regions.space.exchange import of_libpysal

        names, matrix = of_libpysal(weights)
        return cls.of(names, matrix, Method("regions.weights", {"kind": "libpysal"}))

    def to_libpysal(self, kind: Literal["W", "Graph"] = "W") -> Any:
        """Return libpysal's ``W`` or ``Graph`` with the names as ids; needs the extra ``spatial``.

        Raises
        ------
        SpecError
            libpysal is not installed, or there is no such `kind`.
        """
        from nqpf.regions.space.exchange import as_libpysal

        return as_libpysal(self.labels, self.matrix, kind)

    @property
    def islands(self) -> tuple[str, ...]:
        """Names of the units without a neighbour."""
        return tuple(self.labels[i] for i in np.flatnonzero(self.counts == 0))

    @property
    def counts(self) -> NDArray[np.intp]:
        """Number of neighbours of each unit ``int[N]``."""
        found: NDArray[np.intp] = np.diff(self.matrix.indptr).astype(np.intp)
        return found

    @property
    def standard(self) -> Standard:
        """The scale: what `standardised` made of them, else ``row`` if every row sums to 1, else ``none``."""
        stated = self.method.options.get("standard")
        if stated is not None:
            return stated  # type: ignore[no-any-return]
        sums = self.matrix.sum(axis=1)[self.counts > 0]
        return "row" if sums.size and np.allclose(sums, 1.0, rtol=0, atol=1e-9) else "none"

    def aligned(self, labels: Sequence[str]) -> Weights:
        """Return the weights of some units in their order; weights to others are left out, not standardised again.

        Raises
        ------
        DataError
            A unit has no weights.
        """
        names = tuple(str(label) for label in labels)
        place = {name: i for i, name in enumerate(self.labels)}
        absent = [name for name in names if name not in place]
        if absent:
            raise DataError(
                "weights_unit_absent", where=Where(unit=absent[0]), count=len(absent), units=listing(absent),
                hint=hint(absent[0], self.labels),
            )  # fmt: skip
        if names == self.labels:
            return self
        at = np.array([place[name] for name in names], dtype=np.intp)
        matrix = self.matrix[at][:, at]
        matrix.sort_indices()  # sums must not depend on the order in which units once stood
        return replace(self, labels=names, matrix=matrix)

    def fitted(self, labels: Sequence[str]) -> Weights:
        """Return the weights of the units of a table in their order, fit for use.

        Where units of the weights are left out, a note says so and the rest is standardised again as it was.

        Raises
        ------
        DataError
            A unit has no weights.
        MethodError
            A unit has no neighbour, and the weights do not say ``islands="keep"``.
        """
        found = self.aligned(labels)
        there = set(found.labels)
        gone = [name for name in self.labels if name not in there]
        if gone:
            note = Note("weights_left_out", "info", {"count": len(gone), "units": listing(gone)})
            found = replace(found.standardised(self.standard), notes=(*self.notes, note))
        return found if self.method.options.get("islands") == "keep" else found.with_islands("raise")

    def with_islands(self, policy: Alone) -> Weights:
        """Return weights after a decision on units without a neighbour.

        Parameters
        ----------
        policy
            ``raise``: there may be none; ``drop``: they are left out; ``keep``: their neighbours' sums are 0, and
            local statistics of them stay empty.

        Raises
        ------
        MethodError
            There are some under ``raise``, or no unit has a neighbour.
        """
        choose("islands", policy, get_args(Alone))
        alone = self.islands
        if alone and policy == "raise":
            raise MethodError("weights_islands", where=Where(unit=alone[0]), count=len(alone), units=listing(alone))
        if not alone:
            return self
        if len(alone) == len(self.labels):
            raise MethodError("weights_all_islands")
        method = Method(self.method.id, {**self.method.options, "islands": policy})
        code = "weights_islands_dropped" if policy == "drop" else "weights_islands_kept"
        note = Note(code, "warning", {"count": len(alone), "units": listing(alone)})
        linked = [name for name, count in zip(self.labels, self.counts, strict=True) if count]
        left = self.aligned(linked) if policy == "drop" else self
        return replace(left, method=method, notes=(*self.notes, note))

    def standardised(self, how: Standard = "row") -> Weights:
        """Return weights on another scale.

        Parameters
        ----------
        how
            ``row`` rows sum to 1; ``binary`` every neighbour counts 1; ``max_row`` divided by the largest row sum;
            ``spectral`` divided by the largest modulus of an eigenvalue (both keep the ratios of distances); ``none``.

        Raises
        ------
        MethodError
            ``spectral`` of weights that run in one direction only: all eigenvalues are 0.
        """
        choose("standard", how, get_args(Standard))
        if how == "none" or not self.matrix.nnz:
            return self
        method = Method(self.method.id, {**self.method.options, "standard": how})
        return replace(self, matrix=scaled(self.matrix, how), method=method)

    def lag(self, values: Floats) -> Floats:
        """Return the weighted sums of the neighbours' values ``float64[..., N]`` → ``float64[..., N]``."""
        flat = values.reshape(-1, values.shape[-1])
        found: Floats = (self.matrix @ flat.T).T.reshape(values.shape)
        return found

    def dense(self) -> Floats:
        """Return the matrix ``float64[N, N]``."""
        found: Floats = self.matrix.toarray()
        return found

    def to_frame(self) -> pl.DataFrame:
        """Return the pairs: columns unit, neighbour, weight."""
        names = pl.Series(self.labels, dtype=pl.String)
        rows = np.repeat(np.arange(len(self.labels)), self.counts)
        unit, neighbour = names.gather(rows), names.gather(self.matrix.indices)
        return pl.DataFrame({"unit": unit, "neighbour": neighbour, "weight": self.matrix.data})
