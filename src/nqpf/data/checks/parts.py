"""Parts against their total: three sectors and GDP, town and country and population, kinds of research and R&D.

Which series are parts of which comes from three places: what the user states, a table of identities found by the names
of series (``tables/identities.csv``), and the numbers themselves (`found_identities`: a sum that holds in nearly every
cell). An identity known by name is only used where the numbers bear it out in most cells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nqpf.data.checks.found import Cell, Found, Severity
from nqpf.data.checks.layers import Floats, Layer, median
from nqpf.data.checks.slips import mended, strain
from nqpf.data.checks.totals import GRAVE, ROUNDED, Balance
from nqpf.data.places.names import clean, table
from nqpf.messages import Text

HOLDS = 0.6
"""Share of cells in which a sum must hold within 1 % for an identity known by name to be used."""
FOUND = 0.8
"""Share of cells in which a sum must hold within 0.1 % for an identity to be found in the numbers."""
LEAST = 20
"""Fewest cells that can show an identity."""
FINE = 1e-5
"""Difference of a sum up to which rounding at an earlier stage is the likely reason."""
SAMPLE = 120
"""Cells in which combinations are tried first."""
MOST = 40
"""Most series of one unit of measure that are searched for sums."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A total and its parts, by ids of series.

    Attributes
    ----------
    total, parts
        Ids of series.
    relation
        ``sum``: the parts make up the total; ``part``: they may be less.
    known
        Whether it holds by definition. What only the numbers show (industry and construction make up the secondary
        sector but for services to mining) is broken with a warning at most, unless a slip explains it.
    """

    total: str
    parts: tuple[str, ...]
    relation: Literal["sum", "part"] = "sum"
    known: bool = True

    def text(self) -> Text:
        """Return the identity as a formula."""
        return Text.same(f"{self.total} {'=' if self.relation == 'sum' else '≥'} {' + '.join(self.parts)}")


def named_identities(layers: Sequence[Layer]) -> list[Identity]:
    """Return the identities of ``tables/identities.csv`` whose series are all there and bear them out.

    Series are found by id or title, with or without an edition behind it (``gdp_2024``, ``地区生产总值（修订后）``).
    """
    names = {layer.id: _stems(layer) for layer in layers if layer.kind.extent != "ratio"}
    by_id = {layer.id: layer for layer in layers}
    made = []
    for row in table("identities").iter_rows(named=True):
        parts = [_called(names, words) for words in row["parts"].split(";")]
        for total in _called(names, row["total"]) if all(parts) else ():
            identity = Identity(total, tuple(found[0] for found in parts), row["relation"])
            if total not in identity.parts and _borne_out(identity, by_id):
                made.append(identity)
    return made


def _stems(layer: Layer) -> set[str]:
    titles = (layer.series.title.zh, layer.series.title.en)
    return {clean(layer.id)} | {clean(re.sub(r"[（(\[【].*$", "", title)) for title in titles}


def _called(names: Mapping[str, set[str]], words: str) -> list[str]:
    """Return the series that one of the words names, those of that very name first."""
    wanted = [clean(w) for w in words.split("|")]
    exact = [id for id, stems in names.items() if stems.intersection(wanted)]
    return exact or [id for id in names if any(clean(id).startswith(f"{w}_") for w in wanted if w.isascii())]


def without_twins(identities: Sequence[Identity], layers: Sequence[Layer]) -> list[Identity]:
    """Return identities without those whose parts are another one's: of two editions of a total, the one they fit."""
    by_id = {layer.id: layer for layer in layers}
    best: dict[tuple[str, frozenset[str]], tuple[float, Identity]] = {}
    for identity in identities:
        total, parts = _aligned(identity, by_id)[:2]
        with np.errstate(invalid="ignore", divide="ignore"):
            off = float(median(np.abs(parts.sum(axis=0) / total - 1).reshape(-1), axis=0))
        key = (identity.relation, frozenset(identity.parts))
        if key not in best or off < best[key][0]:
            best[key] = off, identity
    return [identity for _, identity in best.values()]


def _borne_out(identity: Identity, layers: Mapping[str, Layer]) -> bool:
    total, parts = _aligned(identity, layers)[:2]
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = parts.sum(axis=0) / total
    known = ratio[np.isfinite(ratio)]
    if known.size < 2:
        return False
    held = known <= 1.001 if identity.relation == "part" else np.abs(known - 1) <= 0.01
    return bool(held.mean() >= (0.9 if identity.relation == "part" else HOLDS))


def found_identities(layers: Sequence[Layer], series: Sequence[str] | None = None) -> list[Identity]:
    """Return the sums of two or three series that are another one in nearly every cell.

    Parameters
    ----------
    layers
        Layers of a panel.
    series
        Search among these ids only; default: all that can be added up.
    """
    groups: dict[Any, list[Layer]] = {}
    for layer in layers:
        if layer.id in series if series is not None else layer.kind.extent != "ratio":
            readable = layer.kind.dimension is not None
            groups.setdefault(layer.kind.dimension if readable else layer.series.measure, []).append(layer)
    return [identity for group in groups.values() if 2 < len(group) <= MOST for identity in _sums(group)]


def _sums(group: list[Layer]) -> Iterator[Identity]:
    rows = np.unique(np.concatenate([layer.rows for layer in group]))
    cube = np.full((len(group), rows.size, group[0].x.shape[1]), np.nan)
    for i, layer in enumerate(group):
        cube[i, np.searchsorted(rows, layer.rows)] = layer.x * layer.kind.factor
    flat = cube.reshape(len(group), -1)
    for total in range(len(group)):
        known = np.flatnonzero(flat[total] > 0)
        if known.size < LEAST:
            continue
        sample = flat[:, known[np.linspace(0, known.size - 1, min(SAMPLE, known.size)).astype(int)]]
        share = sample / sample[total]
        usual = median(share, axis=1)
        parts = [i for i in range(len(group)) if i != total and 0.01 <= usual[i] <= 0.99]
        best = max((_best(share, parts, size) for size in (2, 3)), default=(0.0, ()))
        if best[0] >= FOUND and _held(flat, total, best[1]) >= FOUND:
            yield Identity(group[total].id, tuple(group[i].id for i in best[1]), known=False)


def _best(share: Floats, parts: list[int], size: int) -> tuple[float, tuple[int, ...]]:
    """Return the parts whose shares add up to one most often, and in which share of the sampled cells."""
    options = np.array(list(combinations(parts, size)), dtype=np.int64).reshape(-1, size)
    if not len(options):
        return 0.0, ()
    sums = share[options].sum(axis=1)
    known = np.isfinite(sums)
    count = known.sum(axis=1)
    with np.errstate(invalid="ignore"):
        close = (np.abs(sums - 1) <= 1e-3).sum(axis=1) / np.maximum(count, 1)
    close[count < min(8, share.shape[1])] = 0
    best = int(close.argmax())
    return float(close[best]), tuple(int(i) for i in options[best])


def _held(flat: Floats, total: int, parts: tuple[int, ...]) -> float:
    ratio = flat[list(parts)].sum(axis=0) / flat[total]
    known = ratio[np.isfinite(ratio)]
    return float((np.abs(known - 1) <= 1e-3).mean()) if known.size >= LEAST else 0.0


def _aligned(identity: Identity, layers: Mapping[str, Layer]) -> tuple[Floats, Floats, NDArray[np.int64], Floats]:
    """Return total ``[T, N]``, parts ``[P, T, N]``, the panel's years and the grain of the sum, in the total's unit."""
    all_ = [layers[id] for id in (identity.total, *identity.parts)]
    rows = all_[0].rows
    for layer in all_[1:]:
        rows = np.intersect1d(rows, layer.rows)
    at = [np.searchsorted(layer.rows, rows) for layer in all_]
    factor = [layer.kind.factor / all_[0].kind.factor for layer in all_]
    x = np.stack([layer.x[i] * f for layer, i, f in zip(all_, at, factor, strict=True)])
    grain = np.sum([layer.grain[i] * f for layer, i, f in zip(all_, at, factor, strict=True)], axis=0)
    return x[0], x[1:], rows, grain


def components(
    identity: Identity, layers: Mapping[str, Layer], balances: Mapping[str, Balance | None]
) -> Iterator[Found]:
    """Find cells whose parts do not make up the total, and the series that would put it right."""
    total, parts, rows, grain = _aligned(identity, layers)
    gap = total - parts.sum(axis=0)
    usual = float(median(np.abs(gap / np.where(total > 0, total, np.nan)).reshape(-1), axis=0))
    if np.isnan(usual):
        return
    tolerance = np.maximum(0.51 * grain + 1e-9 * np.abs(total), 8 * usual * np.abs(total))
    tolerance = np.maximum(tolerance, _rounded_before(gap, total)[:, None])
    with np.errstate(invalid="ignore"):
        wrong = np.abs(gap) > tolerance if identity.relation == "sum" else gap < -tolerance
    by_id = [layers[id] for id in (identity.total, *identity.parts)]
    for i, n in np.argwhere(wrong):
        cell = (int(rows[i]), int(n))
        whole, rest = float(total[i, n]), float(gap[i, n])
        size = rest / whole if whole else float("inf")
        grave = _severity(abs(size))
        values: dict[str, Any] = {"identity": identity.text(), "total": whole, "gap": rest}
        values |= {"parts": whole - rest, "size": abs(size)}
        if identity.relation == "part":
            yield Found("components", grave, identity.total, (cell,), "part_above", values, whole, None, size)
            continue
        repair = _guilty(by_id, balances, cell, rest, float(tolerance[i, n]))
        if repair is None:
            grave = "warning" if grave == "error" and not identity.known else grave
            yield Found("components", grave, identity.total, (cell,), "components", values, whole, whole - rest, size)
        else:
            layer, value, better = repair
            values |= {"value": value, "better": better}
            yield Found("components", grave, layer.id, (cell,), "components_mend", values, value, better, size)


def _severity(size: float) -> Severity:
    return "error" if size >= GRAVE else "warning" if size >= FINE else "info"


def _rounded_before(gap: Floats, total: Floats) -> Floats:
    """Return what a year's sums are off by because its numbers were rounded at an earlier stage: ``float64[T]``."""
    size = np.abs(gap)
    usual = median(size, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        slight = usual <= ROUNDED * median(np.abs(total), axis=1)
    return np.where(slight, 4 * usual, 0.0)


def _guilty(
    layers: Sequence[Layer], balances: Mapping[str, Balance | None], cell: Cell, gap: float, tolerance: float
) -> tuple[Layer, float, float] | None:
    """Return the one series of an identity that a slip or the national row shows to be wrong, old and new number."""
    base, (row, n) = layers[0].kind.factor, cell
    options: list[tuple[float, int, float, float]] = []
    for j, layer in enumerate(layers):
        t = int(np.searchsorted(layer.rows, row))
        factor = base / layer.kind.factor
        change = (-gap if j == 0 else gap) * factor
        value, leeway = float(layer.x[t, n]), tolerance * factor
        balance = balances.get(layer.id)
        if balance is not None and balance.exact and balance.usable[t]:
            if abs(balance.gap[t] - change) <= leeway + balance.tolerance[t] and abs(change) > 2 * balance.tolerance[t]:
                options.append((0.0, j, value, value + change))
                continue
            if not balance.wrong[t] and abs(change) > 2 * balance.tolerance[t]:
                continue  # its sum is the national row: it is right
        found = mended(value, change, leeway, float(layer.grain[t, n]))
        if found and (strained := strain(layer, t, n, found[1])) < 1:
            options.append((strained + 0.01, j, value, found[1]))
    options.sort()
    if not options or (len(options) > 1 and options[0][0] > 0.5 * options[1][0]):
        return None
    _, j, value, better = options[0]
    return layers[j], value, better
