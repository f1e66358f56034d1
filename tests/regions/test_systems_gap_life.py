"""Half-lives of gaps: identities, simulations with a known one, and answers where there is none."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from nqpf.errors import MethodError, SpecError
from nqpf.numerics.nickell import Sums
from nqpf.regions.systems.gap_life import gap_life
from nqpf.regions.systems.gap_speeds import half_life, solved
from nqpf.regions.systems.lead_lag import lead_lag

KEYS = {"unit": "unit", "time": "year"}


def sides(
    rho: float, years: int = 14, units: int = 30, seed: int = 4, panels: int = 1, share: float = 0.3
) -> tuple[np.ndarray, np.ndarray]:
    """Return supply and demand ``float64[panels, years, units]``; supply takes a `share` of the way."""
    rng = np.random.default_rng(seed)
    s, d = np.zeros((2, panels, units))
    own = rng.normal(size=(panels, units)) * (1 - rho)
    seen = []
    for t in range(40 + years):
        gap = s - d
        one, other = rng.normal(size=(2, panels, units))
        s = s - (1 - rho) * share * gap + own + one
        d = d + (1 - rho) * (1 - share) * gap + other + 0.3 * one
        if t >= 40:
            seen.append((s, d))
    return tuple(np.stack(side, axis=1) for side in zip(*seen, strict=True))  # type: ignore[return-value]


def table(rho: float, **options: float) -> pl.DataFrame:
    s, d = sides(rho, **options)  # type: ignore[arg-type]
    t, n = np.indices(s[0].shape)
    return pl.DataFrame({"unit": n.ravel(), "year": 2000 + t.ravel(), "s": s[0].ravel(), "d": d[0].ravel()})


@pytest.mark.parametrize("correction", ["analytic", "none"])
@pytest.mark.parametrize("effects", ["two_way", "unit"])
def test_speeds_of_both_sides_come_to_the_life_of_the_gap(correction: str, effects: str) -> None:
    found = gap_life(table(0.6), "s", "d", **KEYS, effects=effects, correction=correction, draws=50)  # type: ignore[arg-type]
    row = found.frame.row(0, named=True)
    supply, demand = found.speeds["speed"]
    assert row["rho"] - 1 == pytest.approx(supply - demand, abs=1e-10)
    plain_supply, plain_demand = found.speeds["plain"]
    assert row["rho_plain"] - 1 == pytest.approx(plain_supply - plain_demand, abs=1e-12)
    assert found.speeds["share"].sum() == pytest.approx(1, abs=1e-12)
    assert row["half_life"] == pytest.approx(np.log(0.5) / np.log(row["rho"]), abs=1e-12)
    assert row["half_life_low"] < row["half_life"] < row["half_life_high"]
    assert (row["rho"] > row["rho_plain"]) if correction == "analytic" else (row["rho"] == row["rho_plain"])


def test_without_a_correction_it_is_the_regression_with_dummies_written_out() -> None:
    data = table(0.6).sample(fraction=0.9, seed=3)
    found = gap_life(data, "s", "d", **KEYS, correction="none", draws=20)
    before = data.select("unit", pl.col("year") + 1, s0="s", d0="d")
    rows = data.join(before, on=["unit", "year"]).with_columns(g=pl.col("s0") - pl.col("d0"))
    design = np.column_stack([rows["g"], rows.select("unit", "year").to_dummies(["unit", "year"]).to_numpy()])
    for side, change in (("supply", rows["s"] - rows["s0"]), ("demand", rows["d"] - rows["d0"])):
        beta = np.linalg.lstsq(design, change.to_numpy(), rcond=None)[0]
        assert found.speeds.filter(side=side)["speed"].item() == pytest.approx(beta[0], abs=1e-10)
    assert found.frame["rows"].item() == rows.height


@pytest.mark.parametrize("rho", [0.3, 0.5, 0.7, 0.8, 0.9])
def test_less_than_a_fifth_of_the_bias_is_left(rho: float) -> None:
    """Eleven years of thirty units, two hundred panels at once, sums of each computed as for one."""
    panels, years, units = 200, 11, 30
    s, d = sides(rho, years, units, seed=9, panels=panels)

    def within(v: np.ndarray) -> np.ndarray:
        v = v - v.mean(axis=1, keepdims=True)
        return np.asarray((v - v.mean(axis=2, keepdims=True)).reshape(panels, -1))

    gap, ds, dd = within((s - d)[:, :-1]), within(np.diff(s, axis=1)), within(np.diff(d, axis=1))
    y = np.stack([ds, dd], axis=2)
    gaps = np.array([units * (years - 1 - k) / (years - 1) for k in range(1, years - 1)])
    sums = Sums(
        (gap * gap).sum(axis=1)[:, None, None],
        np.einsum("bi,bim->bm", gap, y)[:, None],
        y.swapaxes(1, 2) @ y,
        np.tile(gaps, (panels, 1)),
        np.full(panels, units * (years - 2.0)),
    )
    plain, better = (1 + v[:, 0] - v[:, 1] for v in (sums.plain()[:, 0], solved(sums)))
    assert plain.mean() - rho < -0.1
    assert abs(np.median(better) - rho) < 0.1 * abs(plain.mean() - rho)
    assert abs(better.mean() - rho) < 0.2 * abs(plain.mean() - rho)


def test_who_closes_the_gap_is_told() -> None:
    found = gap_life(table(0.5, years=18, units=40, share=0.0), "s", "d", **KEYS, draws=200)
    assert found.frame["status"].item() == "shown"
    assert found.speeds["answer"].to_list() == ["not_shown", "closes"]
    assert found.speeds["closing"][1] == pytest.approx(0.5, abs=0.1)
    away = gap_life(table(0.5, years=18, units=40, share=1.6), "s", "d", **KEYS, draws=200)
    assert away.speeds["answer"].to_list() == ["closes", "widens"]


def test_gaps_that_do_not_close_have_no_half_life() -> None:
    statuses = {}
    for seed in range(6):
        found = gap_life(table(1.0, seed=seed, years=10), "s", "d", **KEYS, draws=60)
        row = found.frame.row(0, named=True)
        statuses[row["status"]] = found
        assert row["half_life_high"] is None
        assert (row["half_life"] is None) == (row["status"] == "infinite")
    assert set(statuses) == {"infinite", "not_shown"}
    endless = next(n for n in statuses["infinite"].notes if n.code == "gap_life_infinite")
    assert "half-life is without end" in endless.text().en
    assert "半衰期为无穷" in endless.text().zh
    assert any("not shown that gaps close" in n.text().en for n in statuses["not_shown"].notes)


def test_gaps_that_are_gone_at_once_say_so() -> None:
    rng = np.random.default_rng(1)
    s, d = rng.normal(size=(2, 20, 40))
    s[1:] -= 0.5 * s[:-1]
    t, n = np.indices(s.shape)
    data = {"unit": n.ravel(), "year": t.ravel() + 2000, "s": s.ravel(), "d": d.ravel()}
    row = gap_life(data, "s", "d", **KEYS, draws=50).frame.row(0, named=True)
    assert (row["status"], row["half_life"]) == ("at_once", None)
    assert [half_life(rho) for rho in (0.5, 0.25, 0.0, 1.0, 1.2)] == [1.0, 0.5, None, None, None]


def test_sides_may_be_swapped_scaled_and_rows_shuffled() -> None:
    data = table(0.6)
    one = gap_life(data, "s", "d", **KEYS, draws=40)
    other = gap_life(data.sample(fraction=1.0, shuffle=True, seed=1), "d", "s", **KEYS, draws=40)
    numbers = [c for c in one.frame.columns if c != "status"]
    assert other.frame.select(numbers).row(0) == pytest.approx(one.frame.select(numbers).row(0), abs=1e-9)
    assert other.speeds["closing"].to_list() == pytest.approx(one.speeds["closing"].to_list()[::-1], abs=1e-9)
    grown = data.with_columns(pl.col("s") * 100 + 7, pl.col("d") / 9)
    scaled = [gap_life(t, "s", "d", **KEYS, scale="zscore", draws=40).frame["rho"].item() for t in (data, grown)]
    assert scaled[0] == pytest.approx(scaled[1], abs=1e-9)


def test_gaps_by_unit_and_tests_both_ways() -> None:
    data = table(0.6)
    found = gap_life(data, "s", "d", **KEYS, draws=20)
    mine = data.filter(unit=7).sort("year").select(g=pl.col("s") - pl.col("d"))["g"]
    row = found.sides.filter(unit="7").row(0, named=True)
    assert (row["mean"], row["first"], row["last"]) == pytest.approx((mine.mean(), mine[0], mine[-1]))
    assert row["supply_ahead"] == pytest.approx((mine > 0).mean())
    assert row["years"] == 14
    assert found.gaps.height == data.height
    assert found.tests.frame.equals(lead_lag(data, ["s", "d"], **KEYS).frame)
    assert found.to_frame().equals(found.frame)


def test_what_has_no_half_life_is_refused_by_name() -> None:
    data = table(0.6)
    with pytest.raises(MethodError, match="has no half-life"):
        gap_life(data.with_columns(d=pl.col("s") - pl.col("unit")), "s", "d", **KEYS)
    with pytest.raises(MethodError, match="same everywhere"):
        gap_life(data.with_columns(d=pl.lit(3.0)), "s", "d", **KEYS, scale="range")
    with pytest.raises(MethodError, match="s − d cannot be estimated"):
        gap_life(data.filter(pl.col("year") < 2002), "s", "d", **KEYS)
    with pytest.raises(SpecError, match="columns that all differ"):
        gap_life(data, "s", "s", **KEYS)
    with pytest.raises(SpecError, match="two_way"):
        gap_life(data, "s", "d", **KEYS, effects="twoway")  # type: ignore[arg-type]
    with pytest.raises(SpecError, match="name that no column of the result has"):
        gap_life(data.rename({"unit": "mean"}), "s", "d", unit="mean", time="year", draws=20)


@pytest.mark.slow
def test_intervals_cover_and_a_random_walk_is_rarely_shown_to_close() -> None:
    cover = {0.5: [], 1.0: []}
    for rho, seen in cover.items():
        for seed in range(120):
            row = gap_life(table(rho, years=11, seed=seed), "s", "d", **KEYS, draws=299).frame.row(0, named=True)
            seen.append(row["low"] <= rho <= row["high"] if rho < 1 else row["status"] == "shown")
    assert np.mean(cover[0.5]) > 0.86
    assert np.mean(cover[1.0]) < 0.15
