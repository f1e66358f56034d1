"""``check``: every check on a table of statistics, those that one cause explains told once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from nqpf.data.breaks import break_notes, breaks_of, of_china
from nqpf.data.checks import copies, jumps, runs
from nqpf.data.checks.bounds import shares
from nqpf.data.checks.found import Cell, Checks, Found, told
from nqpf.data.checks.layers import CROWD, Floats, Layer, layers_of
from nqpf.data.checks.parts import Identity, components, found_identities, named_identities, without_twins
from nqpf.data.checks.sources import Pair, disagreements, pairs_of
from nqpf.data.checks.swaps import swapped
from nqpf.data.checks.tidy import factor, sort_out
from nqpf.data.checks.totals import Balance, balance, borne_out, national
from nqpf.data.panel import Panel, complete
from nqpf.data.places.tables import complete_set, covered
from nqpf.data.read import Reading, read
from nqpf.errors import listing
from nqpf.frames import backend_of, require, to_polars
from nqpf.messages import say
from nqpf.results import Method, Note

MOVED = ("swap", "shift", "copied_year", "copied_unit")
"""Findings of numbers that stand in the wrong place, the surest first."""
CAUSES = (*MOVED, "negative", "zero", "unit_slip")
"""Findings that explain others on the same cells, the surest first."""
SYMPTOMS = {"jump": CAUSES, "unit_slip": CAUSES, "outlier": CAUSES, "zero": CAUSES, "components": MOVED}
"""Findings that are dropped where one of these causes is known."""

SLIGHT = 0.002
"""Share of the sum of all units below which a jump is only worth a note."""


def check(
    data: Any,
    totals: Any = None,
    *,
    same: Iterable[tuple[str, str]] = (),
    identities: Iterable[Identity] | None = None,
) -> Checks:
    """Look for numbers that are wrong, made up or not comparable. Nothing is changed.

    Parameters
    ----------
    data
        A `Panel`, a `Reading`, or any dataframe: tidy (columns unit, period, indicator, value and others of
        `panel.TIDY`) or one that `nqpf.read` reads.
    totals
        Rows of totals (全国) in the same columns, where `data` does not bring them along.
    same
        Pairs of series that are one figure from two sources, besides those that are found.
    identities
        Totals and their parts. Default: those known by name and those that the numbers show.

    Returns
    -------
    Checks
        Findings, the gravest first.

    Raises
    ------
    DataError
        `data` is no table, or lacks columns.

    Examples
    --------
    >>> values = [100.3, 104.1, 109.2, 1137.0, 119.9, 124.6, 131.8, 137.1]
    >>> rows = pl.DataFrame({"unit": "a", "period": range(2000, 2008), "indicator": "x", "value": values})
    >>> found = check(rows)
    >>> found.frame.select("check", "units", "periods", "size").rows()
    [('unit_slip', ['a'], [2003], 10.0)]
    """
    backend = None if isinstance(data, Panel | Reading) else backend_of(data)
    panel, rows, found, editions = _material(data, totals)
    national_rows = _national(panel, rows)
    layers = layers_of(panel, _total_cube(panel, national_rows))
    by_id = {layer.id: layer for layer in layers}
    balances = {layer.id: balance(layer) for layer in layers}
    used = list(identities) if identities is not None else _identities(layers)
    pairs = pairs_of(layers, [*editions, *same])
    for layer in layers:
        found += _of_layer(layer, balances[layer.id])
    for identity in used:
        found += components(identity, by_id, balances)
    for pair in pairs:
        found += disagreements(pair)
    found = [_weighed(f, by_id, balances) for f in _explained(found)]
    if of_china(panel):
        found = [_known_break(f, by_id) for f in found]
    frame = told(panel, found, national_rows)
    notes = (*_assumed(layers, balances, used, pairs), *break_notes(panel))
    options = {"identities": [str(i.text()) for i in used], "same": [[p.one, p.other] for p in pairs]}
    return Checks(frame, panel.labels, notes, Method("check", options), backend)


def check_tables(reading: Reading) -> Checks:
    """Check what was read from tables: see `check`."""
    return check(reading)


def _material(data: Any, totals: Any) -> tuple[Panel, pl.DataFrame | None, list[Found], list[tuple[str, str]]]:
    """Return the panel, the rows of totals, findings on the rows themselves, and pairs of editions."""
    rows = None if totals is None else to_polars(totals)
    if isinstance(data, Panel):
        return data, rows, [], []
    if not isinstance(data, Reading):
        frame = to_polars(data)
        if not {"unit", "period", "indicator", "value"} <= set(frame.columns):
            data = read(frame)
    if isinstance(data, Reading):
        made = sort_out(data.frame, data.labels)
        return made.panel, data.totals if rows is None else rows, made.found, made.editions
    require(frame, "unit", "period", "indicator", "value")
    made = sort_out(frame, {})
    return made.panel, rows, made.found, made.editions


def _national(panel: Panel, rows: pl.DataFrame | None) -> pl.DataFrame | None:
    """Return the rows of the one total of all units: 全国, or the only total there is."""
    if rows is None or not rows.height:
        return None
    names = rows["unit"].unique(maintain_order=True).to_list()
    wanted = [name for name in names if covered(name) == complete_set("provinces")] or (
        names if len(names) == 1 else []
    )
    return rows.filter(pl.col("unit").is_in(wanted)) if wanted else None


def _total_cube(panel: Panel, rows: pl.DataFrame | None) -> Floats:
    """Return the national row, each series in its own unit of measure: ``float64[T, K]``, NaN where there is none."""
    cube = np.full((len(panel.periods), len(panel.series)), np.nan)
    if rows is not None:
        years, names = ({v: i for i, v in enumerate(order)} for order in (panel.periods, panel.indicators))
        cells = complete(rows).drop_nulls("value").select("period", "indicator", "value", "measure")
        for period, name, value, measure in cells.iter_rows():
            if period in years and name in names:
                k = names[name]
                cube[years[period], k] = value * factor(measure, panel.series[k].measure)
    return cube


def _identities(layers: Sequence[Layer]) -> list[Identity]:
    return without_twins([*named_identities(layers), *found_identities(layers)], layers)


def _of_layer(layer: Layer, balanced: Balance | None) -> list[Found]:
    return [
        *national(layer, balanced),
        *swapped(layer),
        *copies.copied_years(layer),
        *copies.copied_units(layer),
        *copies.gaps(layer, balanced),
        *jumps.year_jumps(layer),
        *jumps.jumps(layer),
        *jumps.signs(layer),
        *jumps.outliers(layer),
        *shares(layer),
        *runs.runs(layer),
        *runs.calm_growth(layer),
        *runs.new_decimals(layer),
    ]


def _explained(found: Sequence[Found]) -> list[Found]:
    """Drop what another finding on the same cells explains."""
    causes: dict[tuple[str, Cell], set[str]] = {}
    for one in found:
        if one.check in CAUSES:
            for cell in one.cells:
                causes.setdefault((one.indicator, cell), set()).add(one.check)

    def explained(one: Found) -> bool:
        able = SYMPTOMS.get(one.check, ())
        surer = able[: able.index(one.check)] if one.check in able else able
        return any(not causes.get((one.indicator, cell), set()).isdisjoint(surer) for cell in one.cells)

    return [one for one in found if not explained(one)]


def _weighed(found: Found, layers: dict[str, Layer], balances: dict[str, Balance | None]) -> Found:
    """Let the national row speak for or against a jump or a slip of single units."""
    if found.check not in ("jump", "unit_slip") or found.words.endswith("_year") or found.expected is None:
        return found
    layer = layers[found.indicator]
    row, n = found.cells[0]
    spoken = borne_out(layer, balances[layer.id], int(np.searchsorted(layer.rows, row)), n, found.expected)
    if spoken is None:
        return _slight(found, layer)
    if spoken:
        return replace(found, severity="info", because=say("check.because.total_for"))
    return replace(found, severity="error", because=say("check.because.total_against"))


def _slight(found: Found, layer: Layer) -> Found:
    """Make a note of a warning on numbers that hardly count beside those of all units."""
    if found.severity != "warning" or layer.kind.extent == "ratio" or layer.x.shape[1] < CROWD:
        return found
    t = int(np.searchsorted(layer.rows, found.cells[0][0]))
    largest = max(abs(found.value or 0.0), abs(found.expected or 0.0))
    whole = max(float(np.nansum(np.abs(layer.x[t]))), largest)
    if whole == 0 or largest / whole >= SLIGHT:
        return found
    return replace(found, severity="info", because=say("check.because.slight", share=SLIGHT))


def _known_break(found: Found, layers: dict[str, Layer]) -> Found:
    """Name the registered break in definitions that a jump falls on."""
    if found.check != "jump" or found.because is not None:
        return found
    layer = layers[found.indicator]
    start = int(layer.years[np.searchsorted(layer.rows, min(row for row, _ in found.cells))])
    for one in breaks_of(layer.series, layer.years.tolist()):
        if one.kind in ("break", "base") and one.year is not None and 0 <= start - one.year <= 1:
            return replace(found, because=say("check.because.break", year=one.year, what=one.what))
    return found


def _assumed(
    layers: Sequence[Layer], balances: dict[str, Balance | None], identities: Sequence[Identity], pairs: Sequence[Pair]
) -> list[Note]:
    """Say what was compared with what, and what was not."""
    with_row = [layer for layer in layers if np.isfinite(layer.total).any()]
    summed = [layer.id for layer in with_row if balances[layer.id] is not None]
    left = [layer.id for layer in with_row if balances[layer.id] is None]
    notes = []
    if summed:
        notes.append(Note("check_national", "info", {"count": len(summed), "series": listing(summed)}))
    if left:
        notes.append(Note("check_no_national", "info", {"count": len(left), "series": listing(left)}))
    if identities:
        shown = listing([i.text() for i in identities])
        notes.append(Note("check_identities", "info", {"count": len(identities), "identities": shown}))
    if pairs:
        shown = listing([f"{p.one} ~ {p.other}" for p in pairs])
        notes.append(Note("check_pairs", "info", {"count": len(pairs), "pairs": shown}))
    return notes
