"""Four pay-offs: by hand, directions, totals, what is absent, and bad input."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.productivity.growth import Payoffs, payoffs

YEARS = 10


def panel() -> pl.DataFrame:
    t = np.arange(YEARS)
    y = np.concatenate([100 * 1.05**t, 80 * 1.03**t])
    return pl.DataFrame(
        {
            "u": ["a"] * YEARS + ["b"] * YEARS,
            "t": [*range(2000, 2000 + YEARS)] * 2,
            "y": y,
            "w": np.concatenate([50 * 1.03**t, 40 * 1.05**t]),
            "i": np.concatenate([30 * 1.05**t, 20 + t]),
            "p": np.concatenate([5 + 0.5 * t, -2 - 0.1 * t]),
            "e": np.concatenate([10 * 1.05**t, 9 * 1.01**t]),
            "equity": np.full(2 * YEARS, 100.0),
        }
    )


def made(data: Any = None, **more: Any) -> Payoffs:
    words = {"output": "y", "labour_cost": "w", "investment": "i", "profit": "p", "profit_base": "equity"}
    words |= {"resources": "e", "time": "t", "unit": "u"}
    return payoffs(panel() if data is None else data, **{**words, **more})


def row(found: Payoffs, payoff: str, unit: str | None) -> dict[str, Any]:
    part = found.frame.filter(pl.col("payoff") == payoff, pl.col("unit").eq_missing(pl.lit(unit)))
    return part.row(0, named=True)


def test_trends_and_verdicts_by_hand() -> None:
    found = made()
    a = row(found, "labour", "a")
    assert (a["start"], a["trend"]) == (pytest.approx(0.5), pytest.approx(np.log(1.03 / 1.05)))
    assert (a["verdict"], row(found, "labour", "b")["verdict"]) == ("better", "worse")
    assert row(found, "investment", "a")["start"] == pytest.approx(5 / 31.5)
    assert row(found, "profit", "a")["trend"] == pytest.approx(0.005)
    assert (row(found, "profit", "a")["verdict"], row(found, "profit", "b")["verdict"]) == ("better", "worse")
    assert row(found, "resources", "b")["trend"] == pytest.approx(np.log(1.01 / 1.03))
    summary = {r["payoff"]: r for r in found.summary.to_dicts()}
    assert (summary["labour"]["units"], summary["labour"]["better"], summary["labour"]["worse"]) == (2, 1, 1)


def test_the_capital_output_ratio_is_a_ratio_of_sums() -> None:
    data = panel()
    series = made(window=3).series.filter(payoff="investment", unit="b")
    y, i = (data.filter(u="b")[c].to_numpy() for c in ("y", "i"))
    assert series["icor"].to_list()[:2] == [None, None]
    assert series["icor"][2] == pytest.approx(i[1:4].sum() / (y[3] - y[0]))
    assert series["value"][0] == pytest.approx((y[1] - y[0]) / i[1])
    falling = data.with_columns(y=pl.lit(1000.0) - pl.col("t") + 2000)
    done = made(falling)
    assert done.series.filter(payoff="investment")["icor"].null_count() == 3 * (YEARS - 1)
    assert row(done, "investment", "a")["end"] < 0


def test_all_together_are_sums_over_sums() -> None:
    data, found = panel(), made()
    first = data.filter(t=2000)
    assert row(found, "labour", None)["start"] == pytest.approx(first["w"].sum() / first["y"].sum())
    both = found.series.filter(payoff="investment", period=2001)
    assert both.filter(pl.col("unit").is_null())["value"][0] == pytest.approx(
        (data.filter(t=2001)["y"].sum() - first["y"].sum()) / data.filter(t=2001)["i"].sum()
    )


def test_what_is_absent_is_not_measured_and_what_is_short_not_assessed() -> None:
    found = made(profit=None, profit_base=None, resources=None)
    assert found.summary["verdict"].to_list()[2:] == ["not_measured", "not_measured"]
    assert set(found.frame["payoff"]) == {"labour", "investment"}
    short = made(panel().filter(pl.col("t") < 2007))
    assert set(short.frame["verdict"]) == {"not_assessed"}
    assert short.summary["not_assessed"].to_list() == [2, 2, 2, 2]
    assert "fewer than 8 years" in str(short.notes[-1].text().en)


def test_order_and_units_of_measurement_do_not_matter() -> None:
    found, mixed = made(), made(panel().sample(fraction=1.0, shuffle=True, seed=1).sort("u", maintain_order=True))
    assert found.frame.equals(mixed.frame)
    scaled = made(panel().with_columns(pl.col("y", "w", "i", "e") * 1000))
    assert scaled.frame["verdict"].to_list() == found.frame["verdict"].to_list()
    np.testing.assert_allclose(scaled.frame["trend"], found.frame["trend"], atol=1e-12)


def test_bad_input() -> None:
    with pytest.raises(SpecError, match="None of the four pay-offs has its columns"):
        payoffs(panel(), time="t", unit="u", output="y")
    with pytest.raises(SpecError, match="also needs profit_base"):
        made(profit_base=None)
    with pytest.raises(MethodError, match="unit a, indicator y, year 2003: The value is 0"):
        made(panel().with_columns(y=pl.when((pl.col("t") == 2003) & (pl.col("u") == "a")).then(0).otherwise("y")))
    with pytest.raises(DataError, match="2004"):
        made(panel().filter(pl.col("t") != 2004))
    with pytest.raises(SpecError, match="window"):
        made(window=0)
    with pytest.raises(SpecError, match="between 0 and 1"):
        made(level=1.0)
    skipped = made(panel().filter((pl.col("t") != 2004) | (pl.col("u") == "b")), gaps="skip")
    assert row(skipped, "labour", "a")["years"] == YEARS - 1
    assert row(skipped, "investment", "a")["years"] == YEARS - 3
