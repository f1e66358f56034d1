"""How a term spreads: who writes it first when, how many have by then, how long after the first central statement.

Rogers (2003), Diffusion of Innovations; Bass (1969), doi:10.1287/mnsc.15.5.215.
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
from nqpf.errors import listing
from nqpf.frames import as_backend, backend_of
from nqpf.results import Method, Note, Result
from nqpf.text.measuring.adoption import PARAMETERS, Model, fit
from nqpf.text.measuring.batch import metadata
from nqpf.text.measuring.dates import Period, dates_of, name_of, number_of
from nqpf.text.measuring.dictionary import Terms
from nqpf.text.measuring.measured import Measured
from nqpf.text.measuring.mentions import Centre, Corpus, Mention, Of, centre_of, lag, mentions
from nqpf.text.measuring.options import Counting

Counts = NDArray[np.int64]

LEAST_ADOPTERS, LEAST_PERIODS = 10, 4
"""Adopters, and periods with new ones, below which no curve is fitted (conventions)."""


@dataclass(frozen=True, slots=True, eq=False)
class Diffusion(Result):
    """How terms spread over units.

    Attributes
    ----------
    frame
        A row a term and unit: term, the columns of the unit, documents, since and until (first and last date of its
        documents), first (date of the first with the term; null if none), id (that document), lag (days behind the
        centre; null where a date is not known to the day), status: ``adopted``; ``at_start``: its first document has it
        already, so that it may have been earlier; ``not_yet``: none has it until its last document.
    curve
        A row a term and period, from the first with a document to the last: term, period, adopters, cumulative, units,
        share.
    centre
        A row a term: term, date, id (null where the date was given), precision of the date.
    fits
        A row a term, model and parameter: origin (the period in which time begins: that of the first adopter),
        estimate, low, high (95 %), log_likelihood, aic; of models that were refused, none.
    method, notes, backend
        How they came about, remarks, library of the table that was given.
    """

    frame: pl.DataFrame
    curve: pl.DataFrame
    centre: pl.DataFrame
    fits: pl.DataFrame
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return `frame` as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)


def diffusion(
    data: Any,
    dictionary: Terms,
    *,
    id: str = "id",
    text: str = "text",
    unit: str | Sequence[str] = "region",
    time: str = "date",
    of: Of = "terms",
    centre: Any = None,
    period: Period = "month",
    models: Sequence[Model] = ("logistic", "bass"),
    **how: Unpack[Counting],
) -> Diffusion:
    """Return when each unit first writes each term, the curve of adoption, and the lag behind the centre.

    Parameters
    ----------
    data, dictionary, id, text
        As of `count`.
    unit
        Columns (region, or region and level) whose values adopt.
    time
        Column of dates (2024-03-05, 2024年3月5日, 2024-03, 2024).
    of
        What is adopted: each of the ``terms``, each of the ``groups``, or ``any`` term of the dictionary.
    centre
        The first central statement: a date; dates by term; a table of official statements (id, text, date: the first
        with the term counts); or ``{column: value}`` of the documents of the centre, whose first mention counts and
        which are no units themselves. Default: no lag.
    period
        ``month``, ``quarter`` or ``year`` of the curve.
    models
        Curves fitted to the adoption by period: ``logistic``, ``bass``. Every unit of the table is taken to adopt some
        day. Refused below 10 adopters or 4 periods with new ones, or where the likelihood has no maximum.
    **how
        As of `count`.

    Returns
    -------
    Diffusion

    Raises
    ------
    DataError
        As `count`; a document has no date or no unit, or a date too coarse for the period.
    SpecError
        As `count`; a centre that is no date, names no document, or terms that there are not.

    References
    ----------
    Bass (1969), doi:10.1287/mnsc.15.5.215.

    Examples
    --------
    >>> rows = [("1", "甲", "2023-10-01", "新质生产力"), ("2", "甲", "2024-01-01", "."), ("3", "乙", "2024-01-01", ".")]
    >>> pages = dict(zip(("id", "region", "date", "text"), zip(*rows)))
    >>> diffusion(pages, ["新质生产力"], centre="2023-09-07").frame.select("region", "first", "lag", "status").rows()
    [('乙', None, None, 'not_yet'), ('甲', '2023-10-01', 24, 'at_start')]
    """
    choose("of", of, get_args(Of))
    choose("period", period, get_args(Period))
    for model in models:
        choose("models", model, get_args(Model))
    seen = Measured.of(data, dictionary, id, text, how, "articles")
    corpus = Corpus.of(seen, dates_of(seen.frame, time, seen.ids), of)
    units = [unit] if isinstance(unit, str) else list(unit)
    central, centres = centre_of(centre, seen, corpus, of)
    outside = [int(d) for d in np.flatnonzero(~central)]
    labels = metadata(seen.frame.filter(~pl.Series(central)), units, id)
    found = mentions(corpus, labels, outside)
    frame = _frame(found, corpus, centres, units, labels, id)
    numbers = [number_of(corpus.dates[d], period) for d in outside]
    first, last = min(numbers), max(numbers)
    adopted = np.zeros((len(corpus.names), last - first + 1), np.int64)
    for thing, document in ((m.thing, m.first) for m in found if m.first is not None):
        adopted[thing, number_of(corpus.dates[document], period) - first] += 1
    size = labels.n_unique()
    periods = [name_of(first + t, period) for t in range(adopted.shape[1])]
    fits, refused = _fits(adopted, corpus.names, periods, size, models)
    said = [(n, c.date.text() if c.date else None, c.id, c.date.precision if c.date else None)
            for n, c in zip(corpus.names, centres, strict=True)]  # fmt: skip
    table = pl.DataFrame(said, schema=dict.fromkeys(("term", "date", "id", "precision"), pl.String), orient="row")
    return Diffusion(
        frame, _curve(adopted, corpus.names, periods, size), table, fits,
        Method("text.diffusion", {**seen.options(), "unit": units, "of": of, "period": period, "models": list(models)}),
        (*seen.notes(), *_remarks(frame, centres), *refused), backend_of(data),
    )  # fmt: skip


def _frame(
    found: Sequence[Mention], corpus: Corpus, centres: Sequence[Centre], units: list[str], labels: pl.DataFrame, id: str
) -> pl.DataFrame:
    """Return first mentions as a table."""
    rows = []
    for one in found:
        day = None if one.first is None else corpus.dates[one.first]
        since, until = (corpus.dates[d].text() for d in (one.documents[0], one.documents[-1]))
        behind = None if day is None else lag(day, centres[one.thing].date)
        source = None if one.first is None else corpus.ids[one.first]
        rows.append(
            (corpus.names[one.thing], *one.unit, len(one.documents), since, until, day.text() if day else None, source,
             behind, one.status)
        )  # fmt: skip
    schema: dict[str, Any] = {
        "term": pl.String, **{u: labels.schema[u] for u in units}, "documents": pl.Int64, "since": pl.String,
        "until": pl.String, "first": pl.String, id: pl.String, "lag": pl.Int64, "status": pl.String,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def _curve(adopted: Counts, names: Sequence[str], periods: Sequence[str], units: int) -> pl.DataFrame:
    k, t = (x.ravel() for x in np.indices(adopted.shape))
    cumulative = adopted.cumsum(axis=1).ravel()
    return pl.DataFrame(
        {
            "term": [names[int(i)] for i in k],
            "period": [periods[int(i)] for i in t],
            "adopters": adopted.ravel(),
            "cumulative": cumulative,
            "units": np.full(k.size, units),
            "share": cumulative / units,
        }
    )


def _fits(
    adopted: Counts, names: Sequence[str], periods: Sequence[str], units: int, models: Sequence[Model]
) -> tuple[pl.DataFrame, list[Note]]:
    """Return fitted curves, and remarks on those that were refused."""
    rows: list[tuple[Any, ...]] = []
    few, flat = [], []
    for name, own in zip(names, adopted, strict=True):
        if own.sum() < LEAST_ADOPTERS or (own > 0).sum() < LEAST_PERIODS:
            few.append(name)
            continue
        start = int(np.flatnonzero(own)[0])
        for model in models:
            one = fit(own[start:], units, model)
            if one is None:
                flat.append(f"{name} ({model})")
                continue
            aic = 2 * len(PARAMETERS[model]) - 2 * one.log_likelihood
            for j, parameter in enumerate(PARAMETERS[model]):
                numbers = (float(x[j]) for x in (one.estimates, one.low, one.high))
                rows.append((name, model, parameter, periods[start], *numbers, one.log_likelihood, aic))
    text, real = ("term", "model", "parameter", "origin"), ("estimate", "low", "high", "log_likelihood", "aic")
    schema: dict[str, Any] = {**dict.fromkeys(text, pl.String), **dict.fromkeys(real, pl.Float64)}
    notes = []
    if few and models:
        values = {"names": listing(few), "count": len(few), "adopters": LEAST_ADOPTERS, "periods": LEAST_PERIODS}
        notes.append(Note("measure_fit_few", "info", values=values))
    if flat:
        notes.append(Note("measure_fit_flat", values={"names": listing(flat), "count": len(flat)}))
    return pl.DataFrame(rows, schema=schema, orient="row"), notes


def _remarks(frame: pl.DataFrame, centres: Sequence[Centre]) -> list[Note]:
    notes = []
    early = int((frame["status"] == "at_start").sum())
    if early:
        notes.append(Note("measure_at_start", values={"rows": early, "of": frame.height}))
    before = int((frame["lag"] < 0).sum())
    if before:
        notes.append(Note("measure_before_centre", values={"rows": before}))
    if any(c.date for c in centres):
        open_ = int((frame["first"].is_not_null() & frame["lag"].is_null()).sum())
        if open_:
            notes.append(Note("measure_no_lag", values={"rows": open_}))
    return notes
