"""Revealed advantage of terms: which terms a region stresses more than all regions together do.

Balassa's (1965, doi:10.1111/j.1467-9957.1965.tb00050.x) index of trade, on occurrences of terms.
"""

from __future__ import annotations

from typing import Any, Literal, Unpack, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.frames import backend_of
from nqpf.results import Method, Note, TableResult
from nqpf.text.measuring.dictionary import Terms
from nqpf.text.measuring.measured import Measured
from nqpf.text.measuring.options import Counting
from nqpf.text.measuring.rows import Rows

Floats = NDArray[np.float64]
Size = Literal["terms", "characters"]

FEW = 5
"""Expected occurrences below which a value is flagged (convention of tables of counts)."""


def advantage(
    data: Any,
    dictionary: Terms,
    *,
    id: str = "id",
    text: str = "text",
    unit: str = "region",
    time: str | None = None,
    size: Size = "terms",
    **how: Unpack[Counting],
) -> TableResult:
    """Return the revealed advantage of each region in each term: (n_pt / n_p) / (n_t / n).

    Parameters
    ----------
    data, dictionary, id, text
        As of `count`.
    unit
        Column of regions, or of whatever documents are put together by.
    time
        Column of years: each year alone. Default: all documents together.
    size
        What n_p and n are: ``terms``, occurrences of all terms (Balassa's); ``characters``, how much is written.
    **how
        As of `count`.

    Returns
    -------
    TableResult
        A row a (time,) unit and term: group, count, expected (n_p n_t / n), rca (1: as all together; null where the
        unit has nothing or the term is nowhere), few (whether fewer than 5 are expected, so that a value says little).

    Raises
    ------
    DataError, SpecError
        As `count`.

    References
    ----------
    Balassa (1965), doi:10.1111/j.1467-9957.1965.tb00050.x.

    Examples
    --------
    >>> pages = {"id": ["1", "2"], "region": ["甲", "乙"], "text": ["算力算力氢能", "氢能氢能氢能"]}
    >>> advantage(pages, ["算力", "氢能"]).frame["rca"].to_list()
    [0.0, 1.5, 2.0, 0.5]
    """
    choose("size", size, get_args(Size))
    seen = Measured.of(data, dictionary, id, text, how)
    rows = Rows.of(seen.frame, seen.ids, id, [time, unit] if time else [unit])
    count = rows.gathered(seen.count).toarray()
    own = count.sum(axis=1) if size == "terms" else rows.added(seen.found.sizes.characters)
    block = rows.labels[time].rle_id().to_numpy() if time else np.zeros(len(count), np.int64)
    expected = np.zeros(count.shape)
    for b in np.unique(block):
        at = block == b
        whole = own[at].sum()
        if whole:
            expected[at] = np.outer(own[at], count[at].sum(axis=0)) / whole
    rca = np.divide(count, expected, out=np.full(count.shape, np.nan), where=expected > 0)
    r, k = (x.ravel() for x in np.indices(count.shape))
    frame = rows.labels.drop("documents")[r].with_columns(
        pl.Series("term", [seen.plan.names[i] for i in k], pl.String),
        pl.Series("group", [seen.groups[i] for i in k], pl.String),
        pl.Series("count", count.ravel()),
        pl.Series("expected", expected.ravel()),
        pl.Series("rca", rca.ravel()).fill_nan(None),
        pl.Series("few", (expected < FEW).ravel()),
    )
    few = int((expected < FEW).sum())
    notes = seen.notes()
    if few:
        notes.append(Note("measure_few_expected", values={"cells": few, "of": expected.size, "least": FEW}))
    return TableResult(
        frame, Method("text.advantage", {**seen.options(), "size": size}), tuple(notes), backend_of(data)
    )
