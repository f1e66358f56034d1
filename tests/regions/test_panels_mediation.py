"""Mediation: identities, draws beside panels put together unit by unit, Sobel by hand, what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.errors import MethodError, SpecError
from nqpf.numerics.resample import Products, slopes, turns
from nqpf.regions.panels.fixed_effects import fixed_effects
from nqpf.regions.panels.mediation import Mediation, mediation
from nqpf.regions.threeline import three_line

KEYS: dict[str, Any] = {"unit": "unit", "time": "year"}


def panel(units: int = 20, through: float = 0.8, direct: float = 0.2, seed: int = 0) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    n, t = np.divmod(np.arange(units * 6), 6)
    d, e, u, c, v = rng.normal(size=(5, n.size))
    m = through * d + 0.5 * e
    y = 0.5 * m + direct * d + 0.3 * c + 0.4 * u + n - t
    table = {"unit": [f"p{k:02d}" for k in n], "year": 2010 + t, "d": d, "m": m, "m2": v + 0.3 * d, "c": c, "y": y}
    return pl.DataFrame(table).sample(fraction=0.9, seed=seed, shuffle=True)


def value(found: Mediation, effect: str, mediator: str | None = None, column: str = "estimate") -> float:
    same = pl.col("mediator").is_null() if mediator is None else pl.col("mediator") == mediator
    return float(found.effects.filter((pl.col("effect") == effect) & same)[column][0])


@pytest.mark.parametrize("effects", ["two_way", "unit", "time", "none"])
def test_total_is_direct_and_indirect(effects: str) -> None:
    found = mediation(panel(), "y", "d", ["m", "m2"], ["c"], **KEYS, effects=effects, draws=50)  # type: ignore[arg-type]
    total, direct, indirect = (value(found, effect) for effect in ("total", "direct", "indirect"))
    assert total == pytest.approx(direct + indirect, abs=1e-10)
    assert indirect == pytest.approx(value(found, "indirect", "m") + value(found, "indirect", "m2"), abs=1e-12)
    right = fixed_effects(panel(), "y", ["d", "m", "m2", "c"], **KEYS, effects=effects)  # type: ignore[arg-type]
    assert found.models["direct"].coefficients.equals(right.coefficients)


@pytest.mark.parametrize("effects", ["two_way", "unit", "time", "none"])
def test_a_draw_is_a_panel_put_together_unit_by_unit(effects: str) -> None:
    table = panel(12)
    found = mediation(table, "y", "d", "m", ["c"], **KEYS, effects=effects, draws=4, seed=5)  # type: ignore[arg-type]
    names = sorted(table["unit"].unique().to_list())
    drawn = []
    for row in turns(12, 4, np.random.default_rng(5)).astype(int):
        parts = [
            table.filter(pl.col("unit") == name).with_columns(pl.col("unit") + f"-{k}")
            for name, count in zip(names, row, strict=True)
            for k in range(count)
        ]
        whole = pl.concat(parts)

        def fit(y: str, x: list[str], data: pl.DataFrame = whole) -> dict[str, float]:
            frame = fixed_effects(data, y, x, **KEYS, effects=effects).coefficients  # type: ignore[arg-type]
            return dict(frame.select("name", "estimate").iter_rows())

        both = fit("y", ["d", "m", "c"])
        drawn.append([fit("y", ["d", "c"])["d"], both["d"], fit("m", ["d", "c"])["d"] * both["m"]])
    expected = np.array(drawn)
    assert found.effects["se"].to_list() == pytest.approx(expected.std(axis=0, ddof=1), rel=1e-8)
    low, high = np.quantile(expected, [0.025, 0.975], axis=0)
    assert found.effects["low"].to_list() == pytest.approx(low, rel=1e-8)
    assert found.effects["high"].to_list() == pytest.approx(high, rel=1e-8)


def test_sobel_by_hand() -> None:
    found = mediation(panel(), "y", "d", "m", ["c"], **KEYS, draws=50)
    row = found.sobel.row(0, named=True)
    assert row["indirect"] == pytest.approx(row["a"] * row["b"])
    assert row["se"] == pytest.approx(((row["a"] * row["se_b"]) ** 2 + (row["b"] * row["se_a"]) ** 2) ** 0.5)
    assert row["z"] == pytest.approx(row["indirect"] / row["se"])
    assert row["p"] < 1e-4
    assert row["indirect"] == pytest.approx(value(found, "indirect"))


def test_the_bias_correction_shifts_to_where_the_estimate_lies() -> None:
    found = mediation(panel(40), "y", "d", "m", **KEYS, draws=999)
    row = found.effects.row(2, named=True)
    assert row["low"] < row["estimate"] < row["high"]
    assert row["low_bc"] < row["estimate"] < row["high_bc"]
    assert row["low_bc"] == pytest.approx(row["low"], abs=0.03)
    assert row["p"] == pytest.approx(2 / 1000)
    assert row["share"] == pytest.approx(row["estimate"] / value(found, "total"))


def test_no_share_of_a_total_that_is_not_there_or_has_another_sign() -> None:
    for direct in (-0.4, -0.9):  # the total is about 0, or negative beside a positive indirect effect
        found = mediation(panel(40, direct=direct), "y", "d", "m", **KEYS, draws=50)
        assert found.effects["share"].is_null().all()
        assert "panels_no_share" in {n.code for n in found.notes}


def test_rows_in_any_order_and_seeds() -> None:
    one = mediation(panel(), "y", "d", "m", **KEYS, draws=60)
    other = mediation(panel().reverse(), "y", "d", "m", **KEYS, draws=60)
    assert one.effects.equals(other.effects)
    assert not one.effects.equals(mediation(panel(), "y", "d", "m", **KEYS, draws=60, seed=1).effects)


def test_notes_warn_of_causal_claims_and_of_few_units() -> None:
    codes = {n.code for n in mediation(panel(), "y", "d", "m", **KEYS, draws=60).notes}
    assert {"panels_mediation_caution", "panels_few_units", "panels_few_draws"} <= codes


def test_draws_in_which_nothing_varies_do_not_count() -> None:
    table = panel(8).with_columns(d=pl.when(pl.col("unit").is_in(["p00", "p01"])).then("d").otherwise(0.0))
    found = mediation(table, "y", "d", "m", **KEYS, draws=300)
    note = next(n for n in found.notes if n.code == "panels_lost_draws")
    assert 5 < note.values["count"] < 80  # about 300 · (6/8)⁸ = 30 draws hold neither of the two
    assert found.effects["se"].is_finite().all()


def test_slopes_tell_dependent_columns() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(40, 2))
    values = np.column_stack([x @ [1.0, 2.0], x, x[:, 0] * 1e6])
    products = Products.of(values, np.zeros((40, 0)), np.repeat(np.arange(4), 10)).drawn(np.ones((1, 4)))
    assert slopes(products, 0, [1, 2])[0].tolist() == pytest.approx([1.0, 2.0])
    assert slopes(products, 0, [3, 2])[0].tolist() == pytest.approx([1e-6, 2.0])
    assert np.isnan(slopes(products, 0, [1, 3])).all()


def test_what_is_not_right_is_refused() -> None:
    table = panel().with_columns(copy=pl.col("d") * 2)
    with pytest.raises(MethodError, match="copy: In the regression of y this column follows from the others"):
        mediation(table, "y", "d", "copy", **KEYS, draws=9)
    with pytest.raises(MethodError, match="varies beside the effects"):
        mediation(table.with_columns(d=pl.lit(1.0)), "y", "d", "m", **KEYS, draws=9)
    with pytest.raises(SpecError, match="stands twice"):
        mediation(table, "y", "d", "d", **KEYS, draws=9)
    with pytest.raises(SpecError, match="no regressor"):
        mediation(table, "y", "d", [], **KEYS, draws=9)
    with pytest.raises(SpecError, match="1 or more"):
        mediation(table, "y", "d", "m", **KEYS, draws=0)


def test_steps_stand_side_by_side() -> None:
    shown = three_line(mediation(panel(), "y", "d", "m", ["c"], **KEYS, draws=50).models).frame
    assert shown.columns[-3:] == ["total", "m", "direct"]
    assert shown.filter(pl.col("name") == "m")["total"].is_null().all()
