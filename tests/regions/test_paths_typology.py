"""Types of units: found where there are some, not where there are none, whatever the order and unit of the data."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from nqpf.errors import DataError, MethodError, NqpfError, SpecError
from nqpf.regions.paths.partition import Cutter, Excess, chance_clarity, gap_statistic, returns, scaled
from nqpf.regions.paths.typology import Typology, typology

COLUMNS = ["x", "y", "z"]


def made(kind: str, units: int = 60, seed: int = 0) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(units, 3))
    if kind == "three":
        x[: units // 3] += [9, 0, 9]
        x[units // 3 : units // 2] += [9, 9, 0]
    if kind == "skewed":
        x = np.exp(0.8 * x)
    return pl.DataFrame({"city": [f"c{i:03d}" for i in range(units)], **dict(zip(COLUMNS, x.T, strict=True))})


@pytest.fixture(scope="module")
def three() -> Typology:
    return typology(made("three"), COLUMNS, unit="city", draws=60)


def test_clear_types_are_found(three: Typology) -> None:
    assert (three.number, three.found) == (3, True)
    assert three.p == pytest.approx(1 / 61)
    best = three.choices.filter("chosen").row(0, named=True)
    assert best["silhouette"] > 0.6 > best["expected"]
    assert three.statistic == three.choices["excess"].max() >= best["excess"] > 3
    assert three.frame["type"].to_list() == [2] * 20 + [3] * 10 + [1] * 30  # the largest is the first
    assert three.clusters["n"].to_list() == [30, 20, 10]
    assert three.clusters["jaccard"].min() > 0.95  # type: ignore[operator]
    assert three.clusters["stable"].all()
    assert three.choices.filter("chosen")["clusters"].item() == 3
    assert three.choices.filter("by_gap")["clusters"].item() == 3
    assert three.method.id == "regions.typology"
    assert not three.notes


def test_profiles_are_medians_of_the_members(three: Typology) -> None:
    rows = three.profiles.filter(pl.col("cluster") == 2, pl.col("column") == "x").row(0, named=True)
    own = made("three")["x"].to_numpy()
    assert rows["median"] == pytest.approx(np.median(own[:20]))
    assert rows["upper"] == pytest.approx(np.quantile(own[:20], 0.75))
    assert rows["all"] == pytest.approx(np.median(own))
    assert rows["above"] == pytest.approx((np.median(own[:20]) - np.median(own)) / own.std(ddof=1))


@pytest.mark.parametrize("kind", ["none", "skewed"])
def test_no_types_is_an_answer(kind: str) -> None:
    found = typology(made(kind), COLUMNS, unit="city", draws=60)
    assert not found.found
    assert found.p > 0.05
    assert found.frame["type"].null_count() == 60
    assert found.frame["cluster"].n_unique() == found.number > 1  # to look at
    note = next(n for n in found.notes if n.code == "typology_none")
    assert "No types were found" in note.text().en
    assert "未发现类型" in note.text().zh


def test_the_gap_may_choose_one() -> None:
    found = typology(made("none"), COLUMNS, unit="city", draws=60, criterion="gap")
    assert (found.number, found.found) == (1, False)
    assert found.clusters.is_empty()
    assert found.frame["cluster"].unique().to_list() == [1]
    assert found.frame["silhouette"].null_count() == 60
    assert found.profiles.height == 3


def test_order_of_rows_and_unit_of_measurement_change_nothing(three: Typology) -> None:
    data = made("three")
    again = typology(data.sample(fraction=1, shuffle=True, seed=3), COLUMNS, unit="city", draws=60)
    assert again.frame.equals(three.frame)
    assert again.clusters.equals(three.clusters)
    assert again.p == three.p
    other = typology(data.with_columns(pl.col("x") * 1000 + 7), COLUMNS, unit="city", draws=60)
    assert other.frame["cluster"].equals(three.frame["cluster"])
    np.testing.assert_allclose(other.frame["silhouette"], three.frame["silhouette"], atol=1e-9)


def test_ranks_forget_how_far_the_first_is_ahead() -> None:
    data = made("none")
    far = data.with_columns(pl.when(pl.col("city") == "c000").then(500.0).otherwise("x").alias("x"))
    most = data.with_columns(pl.when(pl.col("city") == "c000").then(50.0).otherwise("x").alias("x"))
    one, two = (typology(d, COLUMNS, unit="city", draws=10, standardise="rank", clusters=2).frame for d in (far, most))
    assert one.equals(two)
    alone = typology(far, COLUMNS, unit="city", draws=10, clusters=2)
    assert alone.clusters["n"].to_list() == [59, 1]
    assert {n.code for n in alone.notes} >= {"typology_small"}


@pytest.mark.parametrize("method", ["ward", "kmeans"])
def test_methods_agree_where_types_are_clear(three: Typology, method: str) -> None:
    found = typology(made("three"), COLUMNS, unit="city", draws=5, clusters=3, method=method, starts=3)  # type: ignore[arg-type]
    assert found.frame["cluster"].equals(three.frame["cluster"])


def test_years() -> None:
    data = made("three", 12)
    panel = pl.concat([data.with_columns(year=2020), data.with_columns(pl.col(COLUMNS) * 3, year=2021)])
    ask = {"unit": "city", "time": "year", "clusters": 2, "draws": 5}
    last = typology(panel, COLUMNS, **ask)
    assert last.profiles.equals(typology(panel, COLUMNS, period=2021, **ask).profiles)
    first = typology(panel, COLUMNS, period=2020, **ask).profiles
    mean = typology(panel, COLUMNS, period="mean", **ask).profiles
    np.testing.assert_allclose(mean["median"], 2 * first["median"])
    np.testing.assert_allclose(last.profiles["median"], 3 * first["median"])


def test_small_samples_are_said() -> None:
    found = typology(made("none", 10), COLUMNS, unit="city", draws=20, clusters=range(2, 4))
    assert {"typology_few", "typology_wide"} <= {n.code for n in found.notes}


DATA = made("none", 9)
PANEL = pl.concat([DATA.with_columns(year=2020), DATA.with_columns(year=2021)])
BAD = [
    (DATA, {"method": "median"}, SpecError, "“median” is not one of the choices"),
    (DATA, {"clusters": 9}, SpecError, "a whole number from 2 to 8"),
    (DATA, {"clusters": [2, 4]}, SpecError, "a run of such numbers"),
    (DATA, {"draws": 0}, SpecError, "a whole number from 1 on"),
    (DATA, {"level": 1}, SpecError, "between 0 and 1"),
    (DATA, {"period": 2020}, SpecError, "no column of years"),
    (DATA, {"period": "pooled"}, SpecError, "“pooled” is not one of the choices"),
    (DATA[:5], {}, MethodError, "There are 5 units; at least 6 are needed"),
    (DATA.with_columns(y=1.0), {}, MethodError, "All cases have the same value (1)"),
    (DATA.with_columns(city=pl.lit("a")), {}, DataError, "This unit stands twice"),
    (DATA.with_columns(pl.when(city="c003").then(None).otherwise("y").alias("y")), {}, DataError, "c003"),
    (DATA.with_columns(pl.when(city="c003").then(None).otherwise("city").alias("city")), {}, DataError, "row 4"),
    (PANEL, {"time": "year", "period": 1999}, SpecError, "There are no data for 1999"),
    (PANEL[:-1], {"time": "year"}, DataError, "This unit has no row in this year"),
    (PANEL[:-1], {"time": "year", "period": "mean"}, DataError, "c008"),
    (pl.concat([PANEL, PANEL[:1]]), {"time": "year"}, DataError, "Two rows stand for one unit and year"),
]


@pytest.mark.parametrize(("data", "options", "kind", "says"), BAD, ids=[says[:30] for *_, says in BAD])
def test_what_is_refused(data: pl.DataFrame, options: dict[str, object], kind: type[NqpfError], says: str) -> None:
    with pytest.raises(kind) as error:
        typology(data, COLUMNS, unit="city", **options)  # type: ignore[arg-type]
    assert says in error.value.text().en


def test_a_column_that_stands_twice_is_refused() -> None:
    with pytest.raises(SpecError) as error:
        typology(DATA, ["x", "x"], unit="city")
    assert "stands twice" in error.value.text().en


def test_the_gap_and_stability_as_in_r() -> None:
    """Boot indices of R's sample() and clusters of fpc::clusterboot (2.2-13) on a line of points, by hand."""
    x = np.array([0.0, 1, 2, 10, 11, 12, 30, 31, 32])[:, None]
    cutter = Cutter("ward", np.empty((0, 3)))
    label = np.repeat([0, 1, 2], 3)
    back = returns(cutter, x, label, 3, 200, np.random.default_rng(0))
    # A resample without the third group splits one of the others: that group comes back as half or two thirds.
    assert set(np.unique(back.round(6))) <= {0.0, round(1 / 3, 6), 0.5, round(2 / 3, 6), 1.0}
    assert (back.mean(axis=0) > 0.9).all()
    gap = gap_statistic(cutter, x, np.arange(1, 5), 40, np.random.default_rng(0))
    assert gap.chosen == 2


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["none", "skewed"])
def test_the_test_keeps_its_size(kind: str) -> None:
    ks, cutter = np.arange(2, 9), Cutter("ward", np.empty((0, 8)))
    rejected = 0
    for seed in range(200):
        x = made(kind, 60, seed).select(COLUMNS).to_numpy()
        observed = cutter.clarity(scaled(x, "zscore"), ks)
        chance = chance_clarity(cutter, x, "zscore", "unimodal", ks, 99, np.random.default_rng(seed))
        rejected += Excess.of(observed, chance).p <= 0.05
    assert rejected <= 22  # of 200 at 5 per cent: above 10 per cent would be a liberal test
