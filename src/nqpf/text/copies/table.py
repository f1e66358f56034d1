"""A table of texts by their names: what the functions of this room read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import polars as pl

from nqpf.errors import DataError, Where
from nqpf.frames import backend_of, require, to_polars
from nqpf.text.article import Article


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """D texts.

    Attributes
    ----------
    ids
        Their names, each once.
    texts
        Their characters.
    dates
        Their dates as far as they are known.
    backend
        Library of the table that was given.
    """

    ids: tuple[str, ...]
    texts: tuple[str, ...]
    dates: tuple[str | None, ...]
    backend: nw.Implementation | None = None

    @classmethod
    def of(cls, data: Any, id: str = "id", text: str = "text", date: str | None = None) -> Texts:
        """Return the texts of a table (any dataframe that narwhals knows) or of a sequence of articles.

        Raises
        ------
        DataError
            A column is absent, there is no row, a text has no name or two have the same, or a text is missing.
        """
        if isinstance(data, Article):
            data = [data]
        if isinstance(data, Sequence) and data and all(isinstance(one, Article) for one in data):
            found = cls(
                tuple(one.id for one in data),
                tuple(one.text for one in data),
                tuple(one.date.value if one.date else None for one in data),
            )
        else:
            found = cls._of_table(data, id, text, date)
        seen: set[str] = set()
        for row, name in enumerate(found.ids):
            if name in seen:
                raise DataError("text_twin_ids", where=Where(row=row + 1), id=name)
            seen.add(name)
        return found

    @classmethod
    def _of_table(cls, data: Any, id: str, text: str, date: str | None) -> Texts:
        frame = to_polars(data)
        require(frame, id, text, *([date] if date else []))
        if not frame.height:
            raise DataError("empty_table")
        columns = {}
        for name in (id, text):
            column = frame[name].cast(pl.String, strict=False)
            if column.has_nulls():
                raise DataError("text_missing", where=Where(row=int(column.is_null().arg_true()[0]) + 1), column=name)
            columns[name] = tuple(column.to_list())
        dates = frame[date].cast(pl.String, strict=False).to_list() if date else [None] * frame.height
        return cls(columns[id], columns[text], tuple(dates), backend_of(data))

    def sorted(self) -> Texts:
        """Return the texts in the order of their names."""
        order = sorted(range(len(self.ids)), key=lambda d: self.ids[d])
        ids, texts = (tuple(column[d] for d in order) for column in (self.ids, self.texts))
        return Texts(ids, texts, tuple(self.dates[d] for d in order), self.backend)
