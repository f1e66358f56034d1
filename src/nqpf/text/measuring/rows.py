"""Documents put together: each for itself, or those of a region, a year or both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from nqpf.text.measuring.batch import metadata

Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """R rows of a result that D documents are added up to.

    Attributes
    ----------
    labels
        Table of R rows that names them.
    member
        ``int64[D]`` row of each document.
    """

    labels: pl.DataFrame
    member: Places

    @classmethod
    def of(cls, frame: pl.DataFrame, ids: Sequence[str], id: str, by: str | Sequence[str] | None) -> Rows:
        """Return documents by the columns `by`, ascending; by their names where it is None.

        Raises
        ------
        DataError
            A column is absent, or a document has no value there.
        """
        if by is None:
            return cls(pl.DataFrame({id: list(ids)}), np.arange(len(ids)))
        columns = [by] if isinstance(by, str) else list(by)
        table = metadata(frame, columns, id)
        if not columns:
            return cls(pl.DataFrame({"documents": [len(ids)]}), np.zeros(len(ids), np.int64))
        labels = table.unique().sort(columns).with_row_index("·row")
        member = table.join(labels, on=columns, how="left", maintain_order="left")["·row"]
        documents = np.bincount(member.to_numpy(), minlength=labels.height)
        labels = labels.drop("·row").with_columns(pl.Series("documents", documents))
        return cls(labels, member.to_numpy().astype(np.int64))

    def added(self, values: Places) -> Places:
        """Return sums ``int64[R]`` of what documents have."""
        found = np.zeros(self.labels.height, np.int64)
        np.add.at(found, self.member, values)
        return found

    def gathered(self, matrix: sparse.csr_array) -> sparse.csr_array:
        """Return sums ``[R, K]`` of rows of documents ``[D, K]``."""
        shape = (self.labels.height, self.member.size)
        which = sparse.coo_array((np.ones(self.member.size, np.int64), (self.member, np.arange(shape[1]))), shape=shape)
        return (which.tocsr() @ matrix).tocsr()
