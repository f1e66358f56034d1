"""Tables of the test of exuberance: a row a unit, a row a period, a row an episode, and lights."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from nqpf.industry.warning.entry_waves import discovery
from nqpf.industry.warning.exuberance_dates import Episode
from nqpf.industry.warning.exuberance_series import Series
from nqpf.industry.warning.lights import Light, Line, Signal, Tier, light_of
from nqpf.industry.warning.recursions import Recursion

UNITS = (
    "periods", "window", "lag", "adf", "sadf", "gsadf", "critical", "p", "q", "episodes", "status",
)  # fmt: skip
SEQUENCE = ("badf", "bsadf", "critical", "exuberant")
EPISODES = ("start", "peak", "end", "periods", "direction", "statistic", "ongoing")
"""Columns of the tables, beside those of labels."""


@dataclass(frozen=True, slots=True, eq=False)
class Tested:
    """A series, its statistics (None where it is too short), and its episodes."""

    series: Series
    recursion: Recursion | None
    episodes: tuple[Episode, ...] = ()


def units_of(tested: Sequence[Tested], key: str) -> pl.DataFrame:
    """Return a row a unit."""

    def column(get: Callable[[Recursion], float], kind: Any) -> pl.Series:
        return pl.Series([None if t.recursion is None else get(t.recursion) for t in tested], dtype=kind)

    p = column(lambda r: r.p, pl.Float64)
    return pl.DataFrame(
        {
            key: [t.series.label for t in tested],
            "periods": [t.series.values.size for t in tested],
            "window": column(lambda r: r.window, pl.Int64),
            "lag": column(lambda r: r.lag, pl.Int64),
            "adf": column(lambda r: r.forward[-1], pl.Float64),
            "sadf": column(lambda r: np.nanmax(r.forward), pl.Float64),
            "gsadf": column(lambda r: np.nanmax(r.backward), pl.Float64),
            "critical": column(lambda r: r.overall, pl.Float64),
            "p": p,
            "q": discovery(p.to_numpy().astype(float)),
            "episodes": pl.Series([None if t.recursion is None else len(t.episodes) for t in tested], dtype=pl.Int64),
            "status": ["too_short" if t.recursion is None else "tested" for t in tested],
        }
    ).with_columns(pl.col(pl.Float64).fill_nan(None))


def signals_of(tested: Sequence[Tested], q: pl.Series, q_line: Line, tier: Tier) -> Iterator[Signal]:
    """Yield the light of each unit: lit only where a rise was dated, a warning only while it goes on."""
    for t, number in zip(tested, q, strict=True):
        rises = [e for e in t.episodes if e.rising]
        light: Light | None = None if number is None else light_of(number, q_line, rising=False)
        if light and not rises:
            light = "none"
        elif light == "warn" and not any(e.end is None for e in rises):
            light = "watch"
        about = {"industry": t.series.label, "year": t.series.times[-1]}
        yield Signal("exuberance", "q", number, q_line, light, tier, "too_short", **about)


def sequence_of(tested: Sequence[Tested], key: str, time: str, value: str, method: str) -> pl.DataFrame:
    """Return a row a unit and period."""
    parts = []
    for t in tested:
        s, r = t.series, t.recursion
        first = len(s.times) if r is None else r.first
        none = np.zeros(0)
        forward, backward, critical = (none,) * 3 if r is None else (r.forward, r.backward, r.critical)
        above = none.astype(bool) if r is None else r.statistic(method) > r.critical
        parts.append(
            pl.DataFrame(
                {
                    key: pl.Series([s.label], strict=False).new_from_index(0, len(s.times) - first),
                    time: s.times[first:],
                    value: s.values[first:],
                    "badf": pl.Series("", forward, nan_to_null=True),
                    "bsadf": pl.Series("", backward, nan_to_null=True),
                    "critical": critical,
                    "exuberant": above,
                }
            )
        )
    return pl.concat(parts)


def episodes_of(tested: Sequence[Tested], key: str, time: pl.DataType) -> pl.DataFrame:
    """Return a row an episode."""
    schema: dict[str, Any] = {
        key: pl.Series([t.series.label for t in tested]).dtype, "start": time, "peak": time, "end": time,
        "periods": pl.Int64, "direction": pl.String, "statistic": pl.Float64, "ongoing": pl.Boolean,
    }  # fmt: skip
    rows = []
    for t in tested:
        at = t.series.times[0 if t.recursion is None else t.recursion.first :]
        for e in t.episodes:
            end = None if e.end is None else at[e.end]
            direction = "rise" if e.rising else "fall"
            rows.append(
                (t.series.label, at[e.start], at[e.peak], end, e.periods, direction, e.statistic, e.end is None)
            )
    return pl.DataFrame(rows, schema=schema, orient="row")
