"""Article-share index: how large a part of what papers print has words of every one of some lists.

Baker, Bloom and Davis (2016), Measuring Economic Policy Uncertainty, doi:10.1093/qje/qjw024.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Unpack, get_args

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import MethodError, SpecError, Where
from nqpf.frames import as_backend, backend_of
from nqpf.results import Method, Note, Result
from nqpf.text.measuring.batch import metadata, pick
from nqpf.text.measuring.dates import Period, dates_of, name_of, number_of, one_date
from nqpf.text.measuring.dictionary import Terms
from nqpf.text.measuring.measured import Measured
from nqpf.text.measuring.options import Counting

Floats = NDArray[np.float64]

FEW = 30
"""Articles of an outlet and period below which a share is flagged (convention)."""


@dataclass(frozen=True, slots=True, eq=False)
class ArticleShare(Result):
    """An article-share index.

    Attributes
    ----------
    frame
        A row a period, from the first to the last: period, index (null where no outlet has an article), outlets (that
        have articles), articles, hits.
    outlets
        A row an outlet and period: outlet, period, articles, hits (articles with a word of every list), share, scaled
        (share over the outlet's standard deviation).
    method, notes, backend
        How they came about, remarks, library of the table that was given.
    """

    frame: pl.DataFrame
    outlets: pl.DataFrame
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return `frame` as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)


def article_share(
    data: Any,
    lists: Terms,
    *,
    id: str = "id",
    text: str = "text",
    time: str = "date",
    outlet: str | None = None,
    groups: Sequence[str] | None = None,
    period: Period = "month",
    base: tuple[str, str] | None = None,
    **how: Unpack[Counting],
) -> ArticleShare:
    """Return the index of articles that hold a word of every list, by period.

    Each outlet's share of such articles is divided by its standard deviation over the base window; shares of outlets
    are averaged period by period; the mean over the base window is set to 100.

    Parameters
    ----------
    data, id, text
        Table of all articles, also of those without any of the words: they are the denominator.
    lists
        A dictionary; each of its groups is a list.
    time
        Column of dates (2024-03-05, 2024年3月5日, 2024-03, 2024).
    outlet
        Column of papers. Default: all are one.
    groups
        Ids of the groups that are used. Default: all.
    period
        ``month``, ``quarter`` or ``year``.
    base
        First and last date of the base window. Default: all periods.
    **how
        As of `count`.

    Returns
    -------
    ArticleShare

    Raises
    ------
    DataError
        As `count`; an article has no date, or one too coarse for the period.
    SpecError
        As `count`; no such group; a window that is none.
    MethodError
        An outlet's share does not vary over the base window, or has fewer than two periods there: it cannot be scaled;
        or the mean there is 0.

    References
    ----------
    Baker, Bloom and Davis (2016), doi:10.1093/qje/qjw024.

    Examples
    --------
    >>> words = {"policy": ["政策"], "new": ["新质生产力"]}
    >>> rows = [("1", "2024-01", "新质生产力政策"), ("2", "2024-01", "天气"), ("3", "2024-02", "政策")]
    >>> pages = dict(zip(("id", "date", "text"), zip(*rows)))
    >>> article_share(pages, words).frame["index"].round(9).to_list()
    [200.0, 0.0]
    """
    choose("period", period, get_args(Period))
    seen = Measured.of(data, lists, id, text, how, "articles")
    names = [group.id for group in seen.words.groups]
    used = pick("groups", groups if groups is not None else names, names)
    held = seen.found.groups.count[:, used].toarray() > 0
    when = np.array([number_of(one, period) for one in dates_of(seen.frame, time, seen.ids)], np.int64)
    paper, papers = _outlets(seen.frame, outlet, id)
    first, last = int(when.min()), int(when.max())
    shape = (len(papers), last - first + 1)
    articles, hits = np.zeros(shape), np.zeros(shape)
    np.add.at(articles, (paper, when - first), seen.found.sizes.characters > 0)
    np.add.at(hits, (paper, when - first), held.all(axis=1))
    share = np.divide(hits, articles, out=np.full(shape, np.nan), where=articles > 0)
    window = _window(base, period, first, last)
    scaled = share / _spread(share, window, papers)[:, None]
    there = np.isfinite(scaled)
    outlets = there.sum(axis=0)
    mean = np.divide(np.where(there, scaled, 0).sum(axis=0), outlets, out=np.full(shape[1], np.nan), where=outlets > 0)
    level = np.nanmean(mean[window]) if np.isfinite(mean[window]).any() else 0.0
    if not level > 0:
        raise MethodError("measure_share_zero")
    periods = [name_of(first + k, period) for k in range(shape[1])]
    frame = pl.DataFrame(
        {
            "period": periods,
            "index": pl.Series(100 * mean / level).fill_nan(None),
            "outlets": outlets,
            "articles": articles.sum(axis=0).astype(np.int64),
            "hits": hits.sum(axis=0).astype(np.int64),
        }
    )
    o, t = (x.ravel() for x in np.indices(shape))
    by_outlet = pl.DataFrame(
        {
            "outlet": [papers[k] for k in o],
            "period": [periods[k] for k in t],
            "articles": articles.ravel().astype(np.int64),
            "hits": hits.ravel().astype(np.int64),
            "share": pl.Series(share.ravel()).fill_nan(None),
            "scaled": pl.Series(scaled.ravel()).fill_nan(None),
        }
    )
    notes = [*seen.notes(), *_remarks(articles)]
    options = {**seen.options(), "groups": [names[k] for k in used], "period": period, "base": base}
    return ArticleShare(frame, by_outlet, Method("text.article_share", options), tuple(notes), backend_of(data))


def _outlets(frame: pl.DataFrame, outlet: str | None, id: str) -> tuple[NDArray[np.int64], list[str]]:
    if outlet is None:
        return np.zeros(frame.height, np.int64), [""]
    names = metadata(frame, [outlet], id)[outlet].cast(pl.String)
    papers = sorted(names.unique().to_list())
    place = {name: k for k, name in enumerate(papers)}
    return np.array([place[name] for name in names], np.int64), papers


def _window(base: tuple[str, str] | None, period: Period, first: int, last: int) -> slice:
    if base is None:
        return slice(0, last - first + 1)
    start, end = (number_of(one_date("base", day), period) - first for day in base)
    if not 0 <= start <= end <= last - first:
        limits = {"first": name_of(first, period), "last": name_of(last, period)}
        raise SpecError("measure_base", where=Where(key="base"), value=f"{base[0]} – {base[1]}", **limits)
    return slice(start, end + 1)


def _spread(share: Floats, window: slice, papers: Sequence[str]) -> Floats:
    """Return each outlet's standard deviation over the window."""
    found = np.zeros(len(papers))
    for k, row in enumerate(share[:, window]):
        known = row[np.isfinite(row)]
        if known.size < 2 or np.ptp(known) == 0:
            raise MethodError("measure_share_flat", where=Where(unit=papers[k] or None), periods=known.size)
        found[k] = known.std(ddof=1)
    return found


def _remarks(articles: Floats) -> list[Note]:
    few, none = int(((articles > 0) & (articles < FEW)).sum()), int((articles == 0).sum())
    notes = []
    if few:
        notes.append(Note("measure_few_articles", values={"cells": few, "of": articles.size, "least": FEW}))
    if none:
        notes.append(Note("measure_silent", values={"cells": none, "of": articles.size}))
    return notes
