"""Several regressions side by side in the three-line style: estimate with stars, its standard error in brackets below.

The contract is small: whatever has a frame `coefficients` and a mapping `summary` can stand in the table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol, get_args

import polars as pl

from nqpf.columns import choose
from nqpf.errors import SpecError, Where, hint, listing
from nqpf.messages import Text, say
from nqpf.results import Method, Note, TableResult

Below = Literal["se", "statistic", "p", "none"]
STARS: tuple[tuple[float, str], ...] = ((0.01, "***"), (0.05, "**"), (0.1, "*"))
"""Levels of significance, smallest first, and their marks: the custom of economics journals."""
OWN = ("part", "name", "zh", "en")


class Regression(Protocol):
    """What can stand in a three-line table.

    Attributes
    ----------
    coefficients
        A frame with columns ``name`` (key of the term, the same in every model), ``estimate``, ``se``, ``statistic``
        and ``p`` (each may be null), and if wished ``zh`` and ``en``, the term in words.
    summary
        Statistic → value, in the order they are printed: a number, a whole number, a text or None. Each key has a
        message ``statistic.<key>``.
    """

    @property
    def coefficients(self) -> pl.DataFrame:
        """Terms, estimates, errors."""
        ...

    @property
    def summary(self) -> Mapping[str, float | int | str | Text | None]:
        """Statistics below them."""
        ...


def three_line(
    models: Mapping[str, Regression],
    *,
    below: Below = "se",
    digits: int = 3,
    stars: Sequence[tuple[float, str]] = STARS,
    terms: Sequence[str] | None = None,
    statistics: Sequence[str] | None = None,
) -> TableResult:
    """Return regressions side by side as a three-line table.

    Parameters
    ----------
    models
        Heading → result; see `Regression` for what a result must have.
    below
        What stands in brackets under an estimate: ``se``, ``statistic`` (t or z), ``p``, or ``none``.
    digits
        Decimals. What would be printed as zero is written with a power of ten.
    stars
        Levels and marks, the smallest level first; empty for none.
    terms, statistics
        Which to print and in what order; None: all, in the order in which they first appear.

    Returns
    -------
    TableResult
        Frame with ``part`` (``coefficient``, ``below``, ``statistic``: a line belongs before the first of the last),
        ``name``, ``zh``, ``en`` and a column of texts for each model, null where a model has no such term. A note says
        what stars and brackets mean.

    Raises
    ------
    SpecError
        No model, a heading that is a column of the table itself, or a term or statistic that no model has.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> one = {"name": ["x"], "estimate": [0.5], "se": [0.1], "statistic": [5.0], "p": [5.7e-7]}
    >>> ols = SimpleNamespace(coefficients=pl.DataFrame(one), summary={"n": 30})
    >>> three_line({"(1)": ols}).frame["(1)"].to_list()
    ['0.500***', '(0.100)', '30']
    """
    choose("below", below, get_args(Below))
    if not models:
        raise SpecError("three_line_empty")
    for heading in (h for h in models if h in OWN):
        raise SpecError("three_line_heading", heading=heading, options=listing(OWN))
    tables = {heading: _terms(model.coefficients) for heading, model in models.items()}
    sums = {heading: model.summary for heading, model in models.items()}
    rows: list[dict[str, str | None]] = []
    for term in _asked("terms", terms, tables):
        label = next(table[term] for table in tables.values() if term in table)
        found = {h: table.get(term) for h, table in tables.items()}
        words = {"name": term, "zh": label["zh"], "en": label["en"]}
        rows.append({"part": "coefficient", **words, **{h: _estimate(r, digits, stars) for h, r in found.items()}})
        if below != "none":
            cells = {h: _bracket(r, below, digits) for h, r in found.items()}
            rows.append({"part": "below", "name": term, "zh": "", "en": "", **cells})
    for key in _asked("statistics", statistics, sums):
        label_of = say(f"statistic.{key}")
        cells = {h: _value(s.get(key), digits) for h, s in sums.items()}
        rows.append({"part": "statistic", "name": key, "zh": label_of.zh, "en": label_of.en, **cells})
    frame = pl.DataFrame(rows, schema=dict.fromkeys((*OWN, *models), pl.String))
    options = {"below": below, "digits": digits, "stars": tuple(stars)}
    return TableResult(frame, Method("regions.three_line", options), _legend(below, stars))


def _terms(coefficients: pl.DataFrame) -> dict[str, dict[str, Any]]:
    """Return the rows of a frame of coefficients by their term, labels filled in."""
    labels = [pl.col("name").alias(lang) for lang in ("zh", "en") if lang not in coefficients.columns]
    return {row["name"]: row for row in coefficients.with_columns(labels).to_dicts()}


def _asked(key: str, wanted: Sequence[str] | None, parts: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the lines to print; an error if one is asked for that is nowhere."""
    there = list(dict.fromkeys(name for part in parts.values() for name in part))
    for stray in (name for name in wanted or () if name not in there):
        raise SpecError(
            "bad_choice", where=Where(key=key), value=stray, options=listing(there, 20), hint=hint(stray, there)
        )
    return there if wanted is None else list(wanted)


def _estimate(row: Mapping[str, Any] | None, digits: int, stars: Sequence[tuple[float, str]]) -> str | None:
    if row is None:
        return None
    p = row["p"]
    mark = "" if p is None else next((sign for level, sign in stars if p < level), "")
    return f"{_value(row['estimate'], digits) or ''}{mark}"


def _bracket(row: Mapping[str, Any] | None, below: str, digits: int) -> str | None:
    shown = None if row is None else _value(row[below], digits)
    return None if shown is None else f"({shown})"


def _value(value: float | int | str | Text | None, digits: int) -> str | None:
    if value is None or isinstance(value, (str, Text)):
        return None if value is None else str(value)
    if isinstance(value, int):
        return str(value)
    return f"{value:.{digits}f}" if value == 0 or abs(value) >= 0.5 * 10**-digits else f"{value:.1e}"


def _legend(below: str, stars: Sequence[tuple[float, str]]) -> tuple[Note, ...]:
    notes = []
    if stars:
        levels = ", ".join(f"{mark} p < {level:g}" for level, mark in stars)
        notes.append(Note("three_line_stars", "info", {"levels": levels}))
    if below != "none":
        notes.append(Note("three_line_below", "info", {"what": say(f"three_line.{below}")}))
    return tuple(notes)
