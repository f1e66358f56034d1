"""Passages that two texts share letter by letter: re-use of text, spliced tails, repeated formulas."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.errors import DataError, MethodError, Where, hint, listing
from nqpf.frames import require, to_polars
from nqpf.results import Method, Note, TableResult
from nqpf.text.cleaning.search_key import Key, key_of
from nqpf.text.copies.table import Texts

SPAN = ("article", "start", "end")


def shared_passages(
    data: Any, *, id: str = "id", text: str = "text", least: int = 40, exclude: Any = None, common: int = 50
) -> TableResult:
    """Find the longest passages that two texts of a table share.

    Texts are compared by their search keys: without punctuation and blanks, of one width, in small letters and
    simplified characters.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, or a sequence of `Article`.
    id, text
        Columns of names and texts.
    least
        Characters of the key that a passage has at least.
    exclude
        Passages that do not count, as a table with columns article, start, end: of quotations, say. A shared passage
        ends where one of them begins.
    common
        Runs of `least` characters that stand in more places than this are left aside, and a note says so.

    Returns
    -------
    TableResult
        A row a passage that cannot be lengthened: id_1, id_2 (by name), start_1, end_1, start_2, end_2 (characters of
        the texts as given), length (characters of the key), text (as it stands in the first text).

    Raises
    ------
    DataError
        A column or a text is missing, two texts have the same name, a span in `exclude` names no text or lies outside.
    MethodError
        `least` below 2 or `common` below 2.

    Examples
    --------
    >>> texts = {"id": ["a", "b"], "text": ["他说：科技创新，是核心要素。", "科技创新是核心要素吗"]}
    >>> found = shared_passages(texts, least=6)
    >>> found.frame.select("start_1", "end_1", "start_2", "end_2", "text").row(0)
    (3, 13, 0, 9, '科技创新，是核心要素')
    """
    from nqpf.numerics.passages import shared_stretches

    for key, value in (("least", least), ("common", common)):
        if value < 2:
            raise MethodError("text_count_two", where=Where(key=key), value=value)
    texts = Texts.of(data, id, text).sorted()
    keys = [key_of(one) for one in texts.texts]
    starts = np.concatenate(([0], np.cumsum([len(k) for k in keys]))).astype(np.int64)
    codes = np.concatenate([k.codes for k in keys])
    barred = _barred(texts, keys, starts, exclude)
    found = shared_stretches(codes, starts, barred, least, common)
    rows = []
    for i, j, p, q, size in zip(
        *(c.tolist() for c in (found.i, found.j, found.at_i, found.at_j, found.length)), strict=True
    ):
        a, b = (_span(keys[d], at, size) for d, at in ((i, p), (j, q)))
        rows.append((texts.ids[i], texts.ids[j], *a, *b, size, texts.texts[i][a[0] : a[1]]))
    schema = {"id_1": pl.String, "id_2": pl.String, "start_1": pl.Int64, "end_1": pl.Int64}
    schema |= {"start_2": pl.Int64, "end_2": pl.Int64, "length": pl.Int64, "text": pl.String}
    frame = pl.DataFrame(rows, schema=schema, orient="row").sort("id_1", "id_2", "start_1", "start_2")
    note = Note("text_common_runs", "warning", {"count": found.left_aside, "common": common})
    options = {"least": least, "exclude": exclude is not None, "common": common}
    notes = (note,) if found.left_aside else ()
    return TableResult(frame, Method("text.passages", options), notes, texts.backend)


def _span(key: Key, at: int, size: int) -> tuple[int, int]:
    return int(key.origin[at]), int(key.origin[at + size - 1]) + 1


def _barred(texts: Texts, keys: list[Key], starts: NDArray[np.int64], exclude: Any) -> NDArray[np.bool_]:
    """Return which characters of the keys lie in a passage that does not count."""
    barred = np.zeros(int(starts[-1]), bool)
    if exclude is None:
        return barred
    frame = to_polars(exclude)
    require(frame, *SPAN)
    place = {name: d for d, name in enumerate(texts.ids)}
    for row, (name, start, end) in enumerate(frame.select(SPAN).rows(), start=1):
        if str(name) not in place:
            near = hint(str(name), place)
            raise DataError("text_span_unknown", where=Where(row=row), id=name, options=listing(place), hint=near)
        d = place[str(name)]
        size = len(texts.texts[d])
        if start is None or end is None or not 0 <= start <= end <= size:
            raise DataError("text_span_outside", where=Where(row=row), start=start, end=end, size=size)
        low, high = np.searchsorted(keys[d].origin, [start, end])
        barred[starts[d] + low : starts[d] + high] = True
    return barred
