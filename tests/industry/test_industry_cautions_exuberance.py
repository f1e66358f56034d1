"""Exuberance: bubbles that were built in are found and dated, quiet series are left alone, short ones not assessed."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.industry.warning.exuberance import exuberance
from nqpf.industry.warning.exuberance_dates import episodes

QUICK = {"draws": 199, "scale": "level", "kind": "ratio"}


def bubble(seed: int, size: int = 100, start: int = 40, end: int = 60, rate: float = 1.08) -> np.ndarray:
    """Return a random walk that grows by `rate` from `start` on and falls back after `end`."""
    rng = np.random.default_rng(seed)
    y = np.cumsum(rng.normal(size=size)) + 100
    for t in range(start, end):
        y[t] = y[start - 1] + 10 * (rate ** (t - start + 1) - 1) + 0.5 * rng.normal()
    return y


def table(y: np.ndarray, first: int = 1900) -> pl.DataFrame:
    return pl.DataFrame({"y": range(first, first + y.size), "v": y})


def panel(**series: np.ndarray) -> pl.DataFrame:
    return pl.concat([table(y).with_columns(i=pl.lit(name)) for name, y in series.items()])


@pytest.mark.parametrize("critical", ["phillips_shi", "monte_carlo"])
def test_a_bubble_is_found_and_dated(critical: str) -> None:
    for seed in range(3):
        found = exuberance(table(bubble(seed)), "v", time="y", critical=critical, **QUICK)  # type: ignore[arg-type]
        row = found.frame.row(0, named=True)
        assert row["p"] == 0.005
        rise = found.episodes.filter(direction="rise").row(0, named=True)
        assert 1940 <= rise["start"] <= 1955
        assert abs(rise["end"] - 1960) <= 2
        assert rise["start"] <= rise["peak"] < rise["end"]
        assert found.lights["light"][0] == "watch"  # over and done
        assert found.lights["tier"][0] == "indicated"


def test_a_bubble_that_goes_on_is_one_to_warn_of() -> None:
    found = exuberance(table(bubble(1)[:60]), "v", time="y", **QUICK)  # type: ignore[arg-type]
    last = found.episodes.row(-1, named=True)
    assert (last["ongoing"], last["end"], last["direction"]) == (True, None, "rise")
    assert found.lights.select("light", "watch", "warn").row(0) == ("warn", 0.10, 0.05)


def test_the_forward_test_looks_at_windows_from_the_start() -> None:
    data = table(bubble(2))
    both = [exuberance(data, "v", time="y", method=m, **QUICK) for m in ("gsadf", "sadf")]  # type: ignore[arg-type]
    assert both[0].sequence["bsadf"].equals(both[1].sequence["bsadf"])
    row = both[1].frame.row(0, named=True)
    assert row["sadf"] <= row["gsadf"]
    assert (both[1].sequence["exuberant"] == (both[1].sequence["badf"] > both[1].sequence["critical"])).all()


def test_steady_growth_is_not_explosive() -> None:
    rng = np.random.default_rng(5)
    steady = {f"s{k}": np.exp(np.cumsum(0.06 + 0.06 * rng.normal(size=50))) for k in range(20)}
    data = panel(**steady)

    def alarms(**options: str) -> float:
        found = exuberance(data, "v", time="y", unit="i", draws=199, **options)  # type: ignore[arg-type]
        return float((found.frame["p"] <= 0.05).mean())

    assert alarms() <= 0.1
    assert alarms(drift="none") >= 0.25
    assert alarms(scale="level", drift="none") >= 0.9


def test_what_an_amount_and_a_ratio_can_carry() -> None:
    amount = exuberance(table(bubble(1)), "v", time="y", draws=19, scale="level")
    ratio = exuberance(table(bubble(1)), "v", time="y", draws=19, kind="ratio")
    assert (amount.lights["tier"][0], ratio.lights["tier"][0]) == ("suggested", "indicated")
    assert (amount.method.options["drift"], ratio.method.options["drift"]) == ("kept", "none")
    assert "exuberance_levels" in {n.code for n in amount.notes}
    assert "depends on whether its foundations" in str(ratio.notes[0])


def test_short_series_are_not_assessed() -> None:
    short = np.exp(0.3 * np.arange(12.0) + np.random.default_rng(0).normal(size=12) / 9)
    data = pl.concat([panel(long=bubble(0)), panel(short=short)])
    found = exuberance(data, "v", time="y", unit="i", draws=99)
    row = found.frame.filter(i="short").row(0, named=True)
    assert (row["status"], row["periods"], row["gsadf"], row["p"]) == ("too_short", 12, None, None)
    light = found.lights.filter(industry="short").row(0, named=True)
    assert (light["light"], light["tier"], light["evidence"]) == (None, "not_assessed", "reason.too_short")
    assert set(found.sequence["i"]) == {"long"}
    note = next(n for n in found.notes if n.code == "exuberance_too_short")
    assert "fewer than 20 periods: 1 short" in str(note)
    alone = exuberance(table(short), "v", time="y")
    assert alone.frame["status"].to_list() == ["too_short"]
    assert alone.episodes.height == alone.sequence.height == 0


def test_unit_of_measurement_does_not_matter() -> None:
    y = bubble(3)
    one, two = (exuberance(table(x), "v", time="y", draws=99) for x in (y, y * 1000))
    np.testing.assert_allclose(one.sequence["bsadf"], two.sequence["bsadf"], atol=1e-7)
    assert one.frame["p"].equals(two.frame["p"])


def test_rows_order_other_units_and_workers_do_not_matter() -> None:
    data = panel(a=bubble(1), b=bubble(2))
    one = exuberance(data, "v", time="y", unit="i", draws=99)
    two = exuberance(data.sample(fraction=1, shuffle=True, seed=1), "v", time="y", unit="i", draws=99, workers=2)
    assert one.frame.equals(two.frame)
    assert one.sequence.equals(two.sequence)
    alone = exuberance(data.filter(i="b"), "v", time="y", unit="i", draws=99)
    assert alone.frame["p"][0] == one.frame.filter(i="b")["p"][0]


def test_windows_are_counted_as_named() -> None:
    data = table(bubble(4))
    plain = exuberance(data, "v", time="y", draws=19)
    assert plain.frame["window"][0] == int(100 * (0.01 + 1.8 / 10))
    levels = exuberance(data, "v", time="y", window=20, draws=19, lag=1)
    equations = exuberance(data, "v", time="y", window=18, counting="equations", draws=19, lag=1)
    assert levels.sequence["bsadf"].equals(equations.sequence["bsadf"])
    assert levels.sequence["y"][0] == 1919


def test_lags_by_bic_do_not_depend_on_the_unit() -> None:
    rng = np.random.default_rng(7)
    change = np.zeros(120)
    for t in range(2, 120):
        change[t] = 0.6 * change[t - 1] + rng.normal()
    y = np.cumsum(change)
    lags = [
        exuberance(table(x), "v", time="y", lag="bic", draws=19, scale="level").frame["lag"][0]
        for x in (y, y * 1e4, y / 1e4)
    ]
    assert lags == [1, 1, 1]


def test_control_of_the_family_is_stricter_than_of_periods() -> None:
    data = table(bubble(5))
    family, periods = (
        exuberance(data, "v", time="y", control=c, **QUICK)  # type: ignore[arg-type]
        for c in ("family", "pointwise")
    )
    assert family.sequence["critical"].n_unique() == 1
    assert (periods.sequence["critical"] < family.sequence["critical"]).all()
    few = exuberance(data, "v", time="y", monitoring=12, **QUICK)  # type: ignore[arg-type]
    assert few.sequence["critical"][0] < family.sequence["critical"][0]


def test_a_panel_is_tested_by_means() -> None:
    data = panel(a=bubble(1), b=bubble(2), c=bubble(3))
    found = exuberance(data, "v", time="y", unit="i", panel=True, **QUICK)  # type: ignore[arg-type]
    assert found.panel is not None
    assert found.panel_test is not None
    mean = found.sequence.group_by("y").agg(pl.col("bsadf").mean()).sort("y")["bsadf"]
    np.testing.assert_allclose(found.panel["bsadf"], mean)
    assert found.panel_test["p"][0] == 0.005
    with pytest.raises(MethodError, match="need the same periods"):
        exuberance(
            data.filter(~((pl.col("i") == "b") & (pl.col("y") == 1999))), "v", time="y", unit="i", panel=True, draws=19
        )
    with pytest.raises(MethodError, match="two series of 20 periods"):
        exuberance(panel(a=bubble(1)), "v", time="y", unit="i", panel=True, draws=19)


def test_months_and_quarters() -> None:
    y = bubble(6, size=60, start=30, end=45)
    months = pl.DataFrame({"y": pl.date_range(date(2015, 1, 1), date(2019, 12, 1), "1mo", eager=True), "v": y})
    found = exuberance(months, "v", time="y", draws=19)
    assert found.sequence["y"].dtype == pl.Date
    assert "exuberance_spacing" not in {n.code for n in found.notes}
    with pytest.raises(MethodError, match="Periods are left out between 2015-03-01 and 2015-05-01"):
        exuberance(months.filter(pl.col("y") != date(2015, 4, 1)), "v", time="y", draws=19)
    named = pl.DataFrame({"y": [f"{2005 + k // 4}Q{k % 4 + 1}" for k in range(60)], "v": y})
    assert "exuberance_spacing" in {n.code for n in exuberance(named, "v", time="y", draws=19).notes}


def test_episodes_by_hand() -> None:
    statistic = np.array([2.0, 0, 2, 3, 2, 0, 2, 2])
    values = np.array([5.0, 6, 6, 7, 8, 4, 4, 3, 2])
    found = episodes(statistic, np.ones(8), values, 2)
    assert [(e.start, e.peak, e.end, e.periods, e.rising) for e in found] == [
        (2, 3, 5, 3, True),
        (6, 6, None, 2, False),
    ]


def test_bad_input() -> None:
    y = bubble(1)
    with pytest.raises(MethodError, match=r"1905.*There is no number here.*nothing is filled in"):
        exuberance(table(y).with_columns(v=pl.when(pl.col("y") == 1905).then(None).otherwise("v")), "v", time="y")
    with pytest.raises(MethodError, match="left out between 1904 and 1906"):
        exuberance(table(y).filter(pl.col("y") != 1905), "v", time="y")
    with pytest.raises(MethodError, match="The series is 3 all along"):
        exuberance(table(np.full(50, 3.0)), "v", time="y")
    with pytest.raises(MethodError, match=r"1930.*-1 is not positive and has no logarithm.*scale=\"level\""):
        exuberance(table(np.where(np.arange(100) == 30, -1, y)), "v", time="y")
    with pytest.raises(MethodError, match="there is nothing to test"):
        exuberance(table(np.exp(0.1 * np.arange(50))), "v", time="y", scale="level")
    with pytest.raises(DataError, match="there are 100 such cases"):
        exuberance(pl.concat([table(y), table(y)]), "v", time="y")
    with pytest.raises(SpecError, match="shortest window cannot be 4 periods: with 1 lags it takes 6"):
        exuberance(table(y), "v", time="y", window=4, lag=1)
    with pytest.raises(SpecError, match="cannot have 50 lags"):
        exuberance(table(y), "v", time="y", lag=50)
    with pytest.raises(SpecError, match=r"9 draws give no critical value at 0.05.*at least 19"):
        exuberance(table(y), "v", time="y", draws=9)
    with pytest.raises(SpecError, match="phillips_shi"):
        exuberance(table(y), "v", time="y", critical="philips_shi")  # type: ignore[arg-type]


def test_pandas_comes_back() -> None:
    found = exuberance(table(bubble(1)).to_pandas(), "v", time="y", draws=19)
    assert type(found.to_frame()).__module__.startswith("pandas")


@pytest.mark.slow
@pytest.mark.parametrize(("critical", "least"), [("phillips_shi", 0.02), ("harvey", 0.003), ("monte_carlo", 0.02)])
def test_random_walks_are_refused_as_often_as_the_level_says(critical: str, least: float) -> None:
    rng = np.random.default_rng(11)
    walks = {f"s{k}": 100 + np.cumsum(rng.normal(size=60)) for k in range(300)}
    found = exuberance(panel(**walks), "v", time="y", unit="i", critical=critical, **QUICK)  # type: ignore[arg-type]
    assert least <= (found.frame["p"] <= 0.05).mean() <= 0.085
    assert (found.lights["light"] != "none").mean() < 0.03  # q over all series


@pytest.mark.slow
def test_harvey_holds_where_volatility_rises() -> None:
    rng = np.random.default_rng(12)
    steps = np.where(np.arange(60) < 40, 1.0, 4.0)
    walks = {f"s{k}": 1000 + np.cumsum(steps * rng.normal(size=60)) for k in range(300)}
    share = {
        c: (exuberance(panel(**walks), "v", time="y", unit="i", critical=c, **QUICK).frame["p"] <= 0.05).mean()  # type: ignore[arg-type]
        for c in ("harvey", "monte_carlo")
    }
    assert share["harvey"] <= 0.10 < share["monte_carlo"]
