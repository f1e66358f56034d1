"""Fixed effects beside the same with dummies written out, sandwiches by hand, and the wild bootstrap by brute force."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.numerics.wild import weights_of
from nqpf.regions.panels.fixed_effects import fixed_effects
from nqpf.regions.panels.regression import PanelRegression
from nqpf.regions.threeline import three_line

KEYS: dict[str, Any] = {"unit": "unit", "time": "year"}


def panel(units: int = 15, years: int = 7, seed: int = 1, fraction: float = 0.85) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    n, t = np.divmod(np.arange(units * years), years)
    x, z = rng.normal(size=n.size) + 0.1 * n, rng.normal(size=n.size)
    y = 0.5 * x + n - t + rng.normal(size=n.size) * (1 + 0.3 * np.abs(x)) + rng.normal(size=units)[n] * x * 0.3
    region = np.array([f"r{k % 5}" for k in n])
    table = {"unit": [f"p{k:02d}" for k in n], "year": 2010 + t, "region": region, "x": x, "z": z, "y": y}
    return pl.DataFrame(table).sample(fraction=fraction, seed=seed, shuffle=True)


def written_out(table: pl.DataFrame, effects: str) -> tuple[np.ndarray, np.ndarray, int]:
    """Return regressors with dummies (the first two are x and z), the regressand, and the number of dummies."""
    columns = {"two_way": ["unit", "year"], "unit": ["unit"], "time": ["year"]}[effects]
    dummies = np.column_stack([table.select(c).to_dummies(c).to_numpy() for c in columns]).astype(float)
    return np.column_stack([table["x"], table["z"], dummies]), table["y"].to_numpy(), dummies.shape[1]


def sandwich(x: np.ndarray, u: np.ndarray, groups: np.ndarray) -> np.ndarray:
    bread = np.linalg.pinv(x.T @ x)
    scores = np.array([x[groups == g].T @ u[groups == g] for g in np.unique(groups)])
    return bread @ scores.T @ scores @ bread


def codes(found: PanelRegression) -> set[str]:
    return {note.code for note in found.notes}


@pytest.mark.parametrize("effects", ["two_way", "unit", "time"])
def test_coefficients_and_errors_are_those_of_dummies_written_out(effects: str) -> None:
    table = panel()
    x, y, dummies = written_out(table, effects)
    beta, *_ = np.linalg.lstsq(x, y, rcond=None)
    u, rows = y - x @ beta, table.height
    rank = 2 + dummies - (effects == "two_way")
    unit = table["unit"].to_numpy()
    inside = table["unit"].n_unique() if effects != "time" else 1  # effects of units lie within clusters, all but one
    groups = table["unit"].n_unique()
    expected = {
        "classical": np.linalg.pinv(x.T @ x) * (u @ u) / (rows - rank),
        "robust": sandwich(x, u, np.arange(rows)) * rows / (rows - rank),
        "cluster": sandwich(x, u, unit) * groups / (groups - 1) * (rows - 1) / (rows - rank + inside - 1),
    }
    for errors, covariance in expected.items():
        found = fixed_effects(table, "y", ["x", "z"], **KEYS, effects=effects, errors=errors)
        assert found.coefficients["estimate"].to_list() == pytest.approx(beta[:2], abs=1e-10)
        np.testing.assert_allclose(found.covariance, covariance[:2, :2], rtol=1e-9)
    assert found.summary["r2"] == pytest.approx(1 - u @ u / ((y - y.mean()) ** 2).sum(), abs=1e-12)
    assert found.fitted["residual"].sum() == pytest.approx(0, abs=1e-9)


def test_clusters_of_two_kinds_add_up() -> None:
    table = panel()
    x, y, _ = written_out(table, "unit")
    u = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    unit, year = table["unit"].to_numpy(), table["year"].cast(pl.String).to_numpy()
    both = np.char.add(np.char.add(unit.astype(str), "|"), year.astype(str))
    whole = sandwich(x, u, unit) + sandwich(x, u, year) - sandwich(x, u, both)
    rows = table.height
    scale = 7 / 6 * (rows - 1) / (rows - 3)  # two slopes, and one for the effects of units, which lie within units
    found = fixed_effects(table, "y", ["x", "z"], **KEYS, effects="unit", cluster=["unit", "year"])
    if "panels_mended" not in codes(found):
        np.testing.assert_allclose(found.covariance, whole[:2, :2] * scale, rtol=1e-9)
    assert found.summary["clusters"] == "15 × 7"
    assert np.linalg.eigvalsh(found.covariance).min() > -1e-15


def test_without_effects_there_is_an_intercept() -> None:
    table = panel()
    x = np.column_stack([np.ones(table.height), table["x"], table["z"]])
    beta, *_ = np.linalg.lstsq(x, table["y"].to_numpy(), rcond=None)
    found = fixed_effects(table, "y", ["x", "z"], **KEYS, effects="none", errors="robust")
    assert found.coefficients["name"].to_list() == ["intercept", "x", "z"]
    assert found.coefficients["estimate"].to_list() == pytest.approx(beta, abs=1e-10)
    assert found.coefficients["zh"][0] == "常数项"
    assert found.summary["clusters"] is None


@pytest.mark.parametrize("errors", ["cluster", "wild"])
def test_the_order_of_rows_changes_nothing(errors: str) -> None:
    table = panel()
    one, other = (fixed_effects(t, "y", ["x", "z"], **KEYS, errors=errors, draws=99) for t in (table, table.reverse()))
    assert one.coefficients.equals(other.coefficients)
    assert one.fitted.equals(other.fitted)


def test_units_of_measurement_only_rescale() -> None:
    table = panel()
    one = fixed_effects(table, "y", ["x", "z"], **KEYS, errors="wild", draws=199).coefficients
    scaled = table.with_columns(pl.col("x") * 1000, pl.col("y") * 10)
    other = fixed_effects(scaled, "y", ["x", "z"], **KEYS, errors="wild", draws=199).coefficients
    for column in ("estimate", "se", "low", "high"):
        assert other[column][0] == pytest.approx(one[column][0] / 100, rel=1e-7)
    assert other["p"].to_list() == one["p"].to_list()
    assert other["statistic"].to_list() == pytest.approx(one["statistic"].to_list(), rel=1e-9)


def brute(table: pl.DataFrame, null: float) -> float:
    """Return the p value of the wild bootstrap with the null on x imposed, run again for every combination of signs."""
    x, y, _ = written_out(table, "two_way")
    groups = table["region"].to_numpy()
    names = np.unique(groups)
    place = np.searchsorted(names, groups)

    def t(values: np.ndarray) -> float:
        beta = np.linalg.lstsq(x, values, rcond=None)[0]
        return float(abs(beta[0] - null) / np.sqrt(sandwich(x, values - x @ beta, groups)[0, 0]))

    rest = y - null * x[:, 0]
    fitted = x[:, 1:] @ np.linalg.lstsq(x[:, 1:], rest, rcond=None)[0]
    signs = np.array(list(product([-1.0, 1.0], repeat=len(names))))
    drawn = np.array([t(fitted + null * x[:, 0] + s[place] * (rest - fitted)) for s in signs])
    return float((drawn >= t(y) * (1 - 1e-9)).mean())


def test_the_wild_bootstrap_is_that_run_again_for_every_combination_of_signs() -> None:
    table = panel()
    options = {**KEYS, "errors": "wild", "cluster": "region", "weights": "rademacher"}
    found = fixed_effects(table, "y", ["x", "z"], **options)
    assert {"panels_wild", "panels_every_weight"} <= codes(found)
    assert found.coefficients["p"][0] == brute(table, 0.0)
    shifted = table.with_columns(pl.col("y") - 0.7 * pl.col("x"))
    assert fixed_effects(shifted, "y", ["x", "z"], **options).coefficients["p"][0] == brute(table, 0.7)


def test_the_wild_interval_holds_the_nulls_that_are_not_refused() -> None:
    table = panel(40)
    options = {**KEYS, "errors": "wild", "draws": 399, "level": 0.9}
    row = fixed_effects(table, "y", ["x", "z"], **options).coefficients.row(0, named=True)
    for end, outside in ((row["low"], -1), (row["high"], 1)):
        for step, refused in ((outside * 1e-6, True), (-outside * 1e-6, False)):
            moved = table.with_columns(pl.col("y") - (end + step) * pl.col("x"))
            p = fixed_effects(moved, "y", ["x", "z"], **options).coefficients["p"][0]
            assert (p <= 0.1) is refused


def test_too_few_signs_leave_the_interval_open() -> None:
    table = panel().filter(pl.col("region").is_in(["r0", "r1", "r2", "r3"]))
    found = fixed_effects(table, "y", ["x"], **KEYS, errors="wild", cluster="region", weights="rademacher")
    assert "panels_open_interval" in codes(found)  # 16 combinations: p is at least 1/8
    assert np.isinf(found.coefficients["low"][0])


def test_weights_have_mean_zero_and_variance_one() -> None:
    rng = np.random.default_rng(0)
    webb, every = weights_of(50, 4000, "webb", rng)
    assert not every
    assert set(np.round(webb**2, 9).ravel().tolist()) == {0.5, 1.0, 1.5}
    assert webb.mean() == pytest.approx(0, abs=0.01)
    assert webb.var() == pytest.approx(1, abs=0.01)
    signs, every = weights_of(4, 16, "rademacher", rng)
    assert every
    assert np.unique(signs, axis=1).shape == (4, 16)


def test_six_points_where_clusters_are_few() -> None:
    found = fixed_effects(panel(), "y", ["x"], **KEYS, errors="wild", cluster="region", draws=99)
    assert found.method.options["weights"] == "webb"
    assert "panels_few_draws" in codes(found)
    many = fixed_effects(panel(), "y", ["x"], **KEYS, errors="wild", draws=300)
    assert many.method.options["weights"] == "rademacher"
    assert "panels_few_draws" not in codes(many)


def test_what_follows_from_others_is_named_and_has_no_estimate() -> None:
    table = panel().with_columns(w=2 * pl.col("x") - pl.col("z"), place=pl.col("unit").str.slice(1).cast(pl.Float64))
    found = fixed_effects(table, "y", ["x", "z", "w", "place"], **KEYS, errors="wild", draws=99)
    assert found.coefficients["estimate"].is_null().to_list() == [False, False, True, True]
    assert found.coefficients["p"].is_null().to_list() == [False, False, True, True]
    note = next(n for n in found.notes if n.code == "panels_aliased")
    assert "w, place" in note.text().en
    with pytest.raises(MethodError, match="Nothing of place varies beside the effects"):
        fixed_effects(table, "y", ["place"], **KEYS)


def test_a_regressor_of_one_cluster_has_no_error_by_cluster() -> None:
    table = panel().with_columns(d=((pl.col("unit") == "p03") & (pl.col("year") > 2012)).cast(pl.Float64))
    found = fixed_effects(table, "y", ["d"], **KEYS, effects="unit")
    assert found.coefficients.select("estimate", "se", "p").row(0)[1:] == (None, None)
    assert "panels_no_error" in codes(found)


def test_missing_cells_are_refused_or_left_out_by_name() -> None:
    table = panel().sort("unit", "year").with_columns(
        pl.when((pl.col("unit") == "p01") & (pl.col("year") == 2012)).then(None).otherwise(pl.col("x")).alias("x")
    )  # fmt: skip
    with pytest.raises(DataError, match=r"p01, indicator x, year 2012: .* 1 rows lack"):
        fixed_effects(table, "y", ["x"], **KEYS)
    found = fixed_effects(table, "y", ["x"], **KEYS, missing="drop")
    assert found.summary["n"] == table.height - 1
    assert "p01" in next(n for n in found.notes if n.code == "panels_left_out").text().zh
    whole = fixed_effects(table.drop_nulls(), "y", ["x"], **KEYS)
    assert found.coefficients.equals(whole.coefficients)


def test_rows_that_are_alone_are_kept_or_dropped_and_named() -> None:
    more = pl.DataFrame({"unit": ["q"], "year": [2011], "region": ["r0"], "x": [1.0], "z": [0.0], "y": [2.0]})
    table = pl.concat([panel(), more], how="vertical_relaxed")
    kept = fixed_effects(table, "y", ["x"], **KEYS)
    dropped = fixed_effects(table, "y", ["x"], **KEYS, singletons="drop")
    assert "q 2011" in next(n for n in kept.notes if n.code == "panels_singletons_keep").text().en
    assert "panels_singletons_drop" in codes(dropped)
    assert (kept.summary["n"], dropped.summary["n"]) == (table.height, table.height - 1)
    assert kept.coefficients["estimate"][0] == pytest.approx(dropped.coefficients["estimate"][0], abs=1e-12)
    assert dropped.coefficients.equals(fixed_effects(panel(), "y", ["x"], **KEYS).coefficients)


def test_what_is_not_right_is_refused() -> None:
    table = panel()
    with pytest.raises(SpecError, match="stands twice"):
        fixed_effects(table, "y", ["x", "y"], **KEYS)
    with pytest.raises(SpecError, match="no regressor"):
        fixed_effects(table, "y", [], **KEYS)
    with pytest.raises(SpecError, match="cluster"):
        fixed_effects(table, "y", ["x"], **KEYS, errors="robust", cluster="region")
    with pytest.raises(SpecError, match="2 columns of clusters are given"):
        fixed_effects(table, "y", ["x"], **KEYS, errors="wild", cluster=["unit", "year"])
    with pytest.raises(SpecError, match="between 0 and 1"):
        fixed_effects(table, "y", ["x"], **KEYS, level=95)
    with pytest.raises(SpecError, match="1 or more"):
        fixed_effects(table, "y", ["x"], **KEYS, errors="wild", draws=0)
    with pytest.raises(MethodError, match="single cluster"):
        fixed_effects(table.with_columns(c=pl.lit("a")), "y", ["x"], **KEYS, cluster="c")
    with pytest.raises(DataError, match="which group"):
        fixed_effects(table.with_columns(c=pl.lit(None, pl.String)), "y", ["x"], **KEYS, cluster="c")
    with pytest.raises(MethodError, match="no degree of freedom"):
        fixed_effects(table.sort("unit", "year").head(2), "y", ["x"], **KEYS, effects="none")


def test_few_clusters_are_noted() -> None:
    assert "panels_few_clusters" in codes(fixed_effects(panel(), "y", ["x"], **KEYS))
    assert "panels_few_clusters" not in codes(fixed_effects(panel(45), "y", ["x"], **KEYS))


def test_regressions_stand_side_by_side() -> None:
    table = panel()
    models = {
        "(1)": fixed_effects(table, "y", ["x"], **KEYS, effects="unit"),
        "(2)": fixed_effects(table, "y", ["x", "z"], **KEYS, errors="wild", draws=99),
    }
    shown = three_line(models).frame
    assert shown.filter(pl.col("part") == "coefficient")["name"].to_list() == ["x", "z"]
    statistics = shown.filter(pl.col("part") == "statistic")
    assert statistics.filter(pl.col("name") == "time_effects").row(0)[4:] in (("否", "是"), ("no", "yes"))
    assert statistics.filter(pl.col("name") == "clusters").row(0)[4:] == ("15", "15")


def test_other_dataframes_come_back_as_they_are() -> None:
    pandas = pytest.importorskip("pandas")
    found = fixed_effects(panel().to_pandas(), "y", ["x"], **KEYS)
    assert isinstance(found.to_frame(), pandas.DataFrame)
