"""Indices at shadow prices beside linear programs written out here, and what is said where prices are not unique."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from index_panels import KEYS, PRICES, X, Y, panel
from scipy.optimize import linprog

from nqpf.productivity import dea, index_numbers

DATA = panel(15, 3, 11)
RTS = {"crs": (0.0, 0.0), "vrs": (-np.inf, np.inf), "drs": (0.0, np.inf), "irs": (-np.inf, 0.0)}
"""Bounds on the price of Σλ in the program of outputs."""


def quantities(unit: str, year: int) -> tuple[np.ndarray, np.ndarray]:
    row = DATA.filter(pl.col("farm") == unit, pl.col("year") == year)
    return row.select(X).to_numpy()[0], row.select(Y).to_numpy()[0]


def dual(years: list[int], rts: str, side: str, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, float]:
    """Return shadow prices and distance: min v·x + ω with u·y = 1, or max u·y − ω with v·x = 1, and u·Y ≤ v·X + ω."""
    among = DATA.filter(pl.col("year").is_in(years))
    xs, ys = among.select(X).to_numpy(), among.select(Y).to_numpy()
    upper = np.hstack([ys, -xs, -np.ones((len(xs), 1))])
    worth = np.r_[0, 0, x, 1.0] if side == "output" else np.r_[-y, 0, 0, 1.0]
    unit = np.r_[y, 0, 0, 0] if side == "output" else np.r_[0, 0, x, 0]
    found = linprog(worth, upper, np.zeros(len(xs)), unit[None], [1.0], [(0, None)] * 4 + [RTS[rts]])
    assert found.status == 0
    prices = found.x[:2] if side == "output" else found.x[2:4]
    score = abs(found.fun)
    return prices / score, 1 / score


def close(got: Any, expected: Any, tolerance: float = 1e-7) -> None:
    np.testing.assert_allclose(np.asarray(got, float), np.asarray(expected, float), rtol=tolerance, atol=1e-9)


def pairs(got: pl.DataFrame) -> list[dict[str, Any]]:
    rows = got.filter(pl.col("status") == "defined").to_dicts()
    assert len(rows) == 30
    return rows


@pytest.mark.parametrize("rts", ["crs", "vrs", "drs", "irs"])
@pytest.mark.parametrize("index", ["malmquist_hs", "malmquist_it", "hicks_moorsteen"])
def test_hicks_moorsteen_at_shadow_prices(rts: Any, index: Any) -> None:
    got = index_numbers(DATA, X, Y, **KEYS, index=index, rts=rts, components=False).changes
    for row in (row for row in pairs(got)[::4] if not row["tied"]):
        (x0, y0), (x1, y1) = (quantities(row["farm"], row[at]) for at in ("from", "to"))
        change = []
        if index != "malmquist_it":
            p, w = dual([row["from"]], rts, "output", x0, y1)[0], dual([row["from"]], rts, "input", x1, y0)[0]
            change.append((p @ y1) / (p @ y0) / ((w @ x1) / (w @ x0)))
        if index != "malmquist_hs":
            p, w = dual([row["to"]], rts, "output", x1, y0)[0], dual([row["to"]], rts, "input", x0, y1)[0]
            change.append((p @ y1) / (p @ y0) / ((w @ x1) / (w @ x0)))
        close(row["tfp"], np.prod(change) ** (1 / len(change)))


@pytest.mark.parametrize("rts", ["crs", "vrs"])
def test_bjurek_with_the_distances_themselves(rts: Any) -> None:
    got = index_numbers(DATA, X, Y, **KEYS, index="bjurek", rts=rts, components=False).changes
    for row in pairs(got)[::3]:
        (x0, y0), (x1, y1) = (quantities(row["farm"], row[at]) for at in ("from", "to"))
        before, now = [row["from"]], [row["to"]]
        out = dual(before, rts, "output", x0, y1)[1] / dual(before, rts, "output", x0, y0)[1]
        out *= dual(now, rts, "output", x1, y1)[1] / dual(now, rts, "output", x1, y0)[1]
        into = dual(before, rts, "input", x1, y0)[1] / dual(before, rts, "input", x0, y0)[1]
        into *= dual(now, rts, "input", x1, y1)[1] / dual(now, rts, "input", x0, y1)[1]
        close([row["output"], row["input"], row["tfp"]], [out**0.5, into**0.5, (out / into) ** 0.5])


@pytest.mark.parametrize("rts", ["crs", "vrs", "drs", "irs"])
def test_fare_primont_at_the_prices_of_the_mean(rts: Any) -> None:
    got = index_numbers(DATA, X, Y, **KEYS, index="fare_primont", rts=rts, components=False)
    x, y = (DATA.select(part).mean().to_numpy()[0] for part in (X, Y))
    years = [2001, 2002, 2003]
    (p, out), (w, into) = (dual(years, rts, side, x, y) for side in ("output", "input"))
    close(got.prices.select(Y).row(0), p)
    close(got.prices.select(X).row(0), w)
    close([p @ y, w @ x], [out, into])
    level = got.levels.join(DATA, on=["farm", "year"])
    close(level["tfp"], (level.select(Y).to_numpy() @ p) / (level.select(X).to_numpy() @ w))
    assert not level["tied"].any()


def test_components_are_the_efficiencies_of_the_frontier() -> None:
    got = index_numbers(DATA, X, Y, **KEYS, index="fare_primont", orientation="both").levels.sort("farm", "year")
    beside = {
        (o, r): dea(DATA, X, Y, **KEYS, orientation=o, rts=r).frame.sort("farm", "year")["efficiency"]
        for o in ("output", "input")
        for r in ("vrs", "crs")
    }
    close(got["ote"], beside["output", "vrs"])
    close(got["ite"], beside["input", "vrs"])
    close(got["ose"], beside["output", "crs"] / beside["output", "vrs"])


def test_shadow_prices_of_each_observation() -> None:
    """They make quantities worth their distance."""
    got = index_numbers(DATA, X, Y, **KEYS, **PRICES, rts="crs", shadow=True)
    level = got.levels.join(got.prices.filter(pl.col("at") == "shadow"), on=["farm", "year"])
    level = level.join(DATA, on=["farm", "year"], suffix="_q")
    assert level.height == DATA.height
    p, w, y, x = (level.select(c).to_numpy() for c in (Y, X, [f"{c}_q" for c in Y], [f"{c}_q" for c in X]))
    close((p * y).sum(axis=1), level["ote"])
    close((w * x).sum(axis=1), 1 / level["ote"].to_numpy())  # θ = 1/φ, and w·x = 1/θ
    assert min(p.min(), w.min()) >= 0
    assert np.signbit(p).sum() == np.signbit(w).sum() == 0


def corner(moved: float = 0.0, names: str = "abc") -> pl.DataFrame:
    """Three farms of one input: a and c make one kind of output mostly, b stands at the corner between them."""
    year = {"farm": list(names), "labour": [1.0] * 3, "corn": [1.0, 3.0, 4.0], "rye": [4.0, 3.0, 1.0]}
    first = pl.DataFrame(year).with_columns(year=pl.lit(1))
    second = first.with_columns(year=pl.lit(2), corn=pl.col("corn") + moved)
    return pl.concat([first, second])


def test_prices_that_are_not_unique_are_flagged() -> None:
    options: Any = {**KEYS, "index": "malmquist_hs", "rts": "crs"}
    got = index_numbers(corner(), ["labour"], ["corn", "rye"], **options)
    assert got.changes.sort("farm")["tied"].to_list() == [True, True, True]  # all three stand at corners
    note = next(n for n in got.notes if n.code == "index_tied")
    assert (note.severity, note.values["count"], note.values["of"]) == ("warning", 3, 3)
    off = corner().with_columns(
        corn=pl.when(pl.col("year") == 2).then(pl.Series([2.0, 2.5, 3.5] * 2)).otherwise("corn")
    )
    got = index_numbers(off, ["labour"], ["corn", "rye"], **options)
    assert got.changes.sort("farm")["tied"].to_list() == [False, False, False]  # (x before, y now) lie on facets
    assert got.levels.filter(pl.col("year") == 1).sort("farm")["tied"].to_list() == [True, True, True]
    codes = {n.code: n.severity for n in got.notes}
    assert "index_tied" not in codes
    assert codes["index_tied_levels"] == "info"


def test_the_choice_among_prices_depends_on_nothing_but_quantities() -> None:
    options: Any = {**KEYS, "index": "hicks_moorsteen", "rts": "crs"}
    got = index_numbers(corner(0.5), ["labour"], ["corn", "rye"], **options)
    factor = {"corn": 1e4, "rye": 1e-3}
    turned = corner(0.5).reverse().with_columns(pl.col(c) * k for c, k in factor.items())
    other = index_numbers(turned, ["labour"], ["corn", "rye"], **options)
    close(got.levels.sort("farm", "year")["mp"], other.levels.sort("farm", "year")["mp"], 1e-9)
    at, by = (t.prices.filter(pl.col("at") == "before").sort("farm", "year") for t in (got, other))
    for c, k in factor.items():
        close(at[c], by[c] * k, 1e-9)


def test_market_prices_are_never_tied() -> None:
    assert "tied" not in index_numbers(DATA, X, Y, **KEYS, **PRICES).changes.columns
    assert "tied" in index_numbers(DATA, X, Y, **KEYS, index="malmquist_it").levels.columns


def test_a_quantity_without_price_may_leave_nothing_to_compare() -> None:
    """Rye is worth nothing to the mean farm, so a farm of rye alone has no aggregate output, and says so."""
    data = pl.DataFrame(
        {"farm": list("abcd") * 2, "year": [1] * 4 + [2] * 4, "labour": [1.0, 1.0, 1.0, 1.0] * 2,
         "corn": [5.0, 2.0, 1.0, 0.0] * 2, "rye": [5.0, 0.1, 0.1, 1.0] * 2}
    )  # fmt: skip
    got = index_numbers(data, ["labour"], ["corn", "rye"], **KEYS, index="fare_primont")
    assert min(got.prices.select("corn", "rye").row(0)) == 0.0
    lost = got.changes.filter(pl.col("status") != "defined")
    note = next(n for n in got.notes if n.code == "index_failed")
    assert note.values["failed"] == lost.height > 0
    assert set(lost["status"]) == {"undefined"}
    assert lost["tfp"].null_count() == lost.height


@pytest.mark.parametrize("index", ["hicks_moorsteen", "fare_primont", "bjurek"])
@pytest.mark.parametrize("rts", ["crs", "vrs", "drs", "irs"])
def test_ties_and_zeros_do_not_hang_on_rows_or_units(index: Any, rts: Any) -> None:
    """Small whole numbers: many observations stand at corners, some make or use nothing of something."""
    draw = np.random.default_rng(7)
    data = panel(8, 2).with_columns(pl.Series(c, draw.integers(1, 4, 16).astype(float)) for c in X)
    data = data.with_columns(corn=pl.Series(draw.integers(0, 4, 16).astype(float)), rye=pl.Series([2.0, 1.0] * 8))
    turned = data.sample(fraction=1.0, shuffle=True, seed=2).with_columns(pl.col("labour") * 1e3, pl.col("rye") / 50)
    one, other = (
        index_numbers(d, X, Y, **KEYS, index=index, rts=rts, orientation="both").changes.sort("farm", "to")
        for d in (data, turned)
    )
    assert one["status"].to_list() == other["status"].to_list()
    here = one["status"] == "defined"
    assert here.sum() >= 4
    for name in ("tfp", "ote", "ise", "i_rest" if index == "bjurek" else "rme"):
        close(one.filter(here)[name], other.filter(here)[name], 1e-8)
