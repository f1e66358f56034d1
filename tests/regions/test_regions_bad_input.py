"""What every function of the room does with tables that are wrong: an error that says so, never a silent number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf import regions
from nqpf.errors import NqpfError
from nqpf.frames import to_polars
from nqpf.messages import speak

UNITS, YEARS = [f"u{i:02d}" for i in range(12)], list(range(2008, 2020))
KEYS: dict[str, Any] = {"unit": "unit", "time": "year"}
BY: dict[str, Any] = {"unit": "unit", "by": "year"}
PLACE: dict[str, Any] = {"coordinates": ("lon", "lat")}


def table() -> pl.DataFrame:
    rng = np.random.default_rng(1)
    n, t = len(UNITS), len(YEARS)
    level = rng.uniform(0.2, 0.8, n) + rng.uniform(0, 0.1, (t, n)) + 0.005 * np.arange(t)[:, None]
    return pl.DataFrame(
        {
            "unit": UNITS * t,
            "year": np.repeat(YEARS, n),
            "v": level.ravel(),
            "a": rng.uniform(0.2, 0.9, n * t),
            "b": rng.uniform(0.1, 0.9, n * t),
            "g": [*"eeeemmmmwwww"] * t,
            "lon": np.tile(np.linspace(100.0, 120.0, n), t),
            "lat": np.tile(np.linspace(22.0, 40.0, n) ** 1.01, t),
        }
    )


GOOD = table()
W = regions.weights("nearest", GOOD, unit="unit", **PLACE, k=3)

EVERY: dict[str, Callable[[Any], Any]] = {
    "gini": lambda d: regions.gini(d, "v", **BY),
    "dagum": lambda d: regions.dagum(d, "v", group="g", **BY),
    "theil": lambda d: regions.theil(d, "v", groups="g", order=0, **BY),
    "atkinson": lambda d: regions.atkinson(d, "v", aversion=1, **BY),
    "polarisation": lambda d: regions.polarisation(d, "v", **BY),
    "dispersion": lambda d: regions.dispersion(d, "v", **BY),
    "kernel_density": lambda d: regions.kernel_density(d, "v", by="year"),
    "conditional_density": lambda d: regions.conditional_density(d, "v", points=50, **KEYS),
    "markov": lambda d: regions.markov(d, "v", **KEYS),
    "spatial_markov": lambda d: regions.spatial_markov(d, "v", weights=W, classes=2, test="chi2", **KEYS),
    "beta": lambda d: regions.beta(d, "v", **KEYS),
    "sigma": lambda d: regions.sigma(d, "v", measure="sd_logs", **KEYS),
    "logt": lambda d: regions.logt(d, "v", **KEYS),
    "clubs": lambda d: regions.clubs(d, "v", **KEYS),
    "stochastic_convergence": lambda d: regions.stochastic_convergence(d, "v", draws=100, **KEYS),
    "spatial_panel": lambda d: regions.spatial_panel(d, "v", ["a"], weights=W, effects="unit", **KEYS),
    "moran": lambda d: regions.moran(d, "v", weights=W, permutations=99, **BY),
    "moran_bivariate": lambda d: regions.moran_bivariate(d, "v", "a", weights=W, permutations=99, **BY),
    "geary": lambda d: regions.geary(d, "v", weights=W, permutations=99, **BY),
    "lisa": lambda d: regions.lisa(d, "v", weights=W, permutations=99, **BY),
    "ellipse": lambda d: regions.ellipse(d, "v", **BY, **PLACE),
    "gravity": lambda d: regions.gravity(d, "v", **BY, **PLACE),
    "coupling": lambda d: regions.coupling(d, ["v", "a"], **KEYS),
    "grey_relation": lambda d: regions.grey_relation(d, "v", ["a", "b"], by="unit", time="year"),
    "lead_lag": lambda d: regions.lead_lag(d, ["v", "a"], **KEYS),
}
NO_KEY = {"kernel_density"}  # takes values, not units
POOLED = {"kernel_density", "gini", "dagum", "theil", "atkinson", "polarisation", "dispersion"}


def said(call: Callable[[], Any]) -> str:
    with pytest.raises(NqpfError) as caught:
        call()
    with speak("en"):
        return str(caught.value)


def at(column: str, value: Any, row: int = 5) -> pl.DataFrame:
    values = GOOD[column].to_list()
    values[row] = value
    return GOOD.with_columns(pl.Series(column, values, strict=False))


def key(found: Any, columns: dict[str, Any]) -> list[Any]:
    """Return the numbers of a result in an order that does not hang on the rows' order."""
    frame = to_polars(found.to_frame())
    texts = [c for c, kind in columns.items() if not kind.is_float()]
    numbers = [c for c, kind in columns.items() if kind.is_float()]
    return frame.sort(texts).select(pl.col(numbers).fill_null(float("nan"))).to_numpy().ravel().tolist()


@pytest.mark.parametrize("name", EVERY)
def test_absent_columns_empty_tables_and_what_is_no_number_are_named(name: str) -> None:
    call = EVERY[name]
    assert "no column “v”" in said(lambda: call(GOOD.drop("v")))
    assert "no rows" in said(lambda: call(GOOD.head(0)))
    assert "“inf”" in said(lambda: call(at("v", float("inf"))))
    words = GOOD.with_columns(v=pl.when(pl.col("unit") == "u03").then(pl.lit("abc")).otherwise(pl.lit("0.5")))
    assert "“abc”" in said(lambda: call(words))
    assert "row 1" in said(lambda: call(GOOD.with_columns(v=pl.concat_list("v", "a"))))


@pytest.mark.parametrize("name", sorted(EVERY.keys() - NO_KEY))
def test_keys_that_are_missing_or_there_twice_are_named(name: str) -> None:
    call = EVERY[name]
    assert "u00" in said(lambda: call(pl.concat([GOOD, GOOD.head(1)])))
    assert "row 6" in said(lambda: call(at("unit", None))) or name == "grey_relation"
    assert "row 6" in said(lambda: call(at("year", None)))


@pytest.mark.parametrize("name", sorted(EVERY.keys() - {"markov", "spatial_markov", "conditional_density", "lead_lag"}))
def test_missing_cells_are_named(name: str) -> None:
    for hole in (None, float("nan")):
        message = said(lambda hole=hole: EVERY[name](at("v", hole)))
        assert "row 6" in message.lower() or ("u05" in message and "2008" in message)


@pytest.mark.parametrize("name", ["markov", "spatial_markov", "conditional_density"])
def test_moves_that_are_not_seen_are_remarked_on(name: str) -> None:
    assert "distribution_unbalanced" in {note.code for note in EVERY[name](at("v", None)).notes}


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        *((name, -0.5, "-0.5") for name in ("gini", "dagum", "theil", "atkinson", "polarisation", "ellipse")),
        *((name, 0.0, "0 ") for name in ("theil", "beta", "sigma", "logt", "clubs", "gravity")),
        *((name, -0.5, "-0.5") for name in ("beta", "sigma", "gravity", "coupling")),
        ("coupling", 1.5, "1.5 is not between 0 and 1"),
    ],
)
def test_numbers_that_a_method_has_no_use_for_are_refused_not_shifted(name: str, value: float, words: str) -> None:
    message = said(lambda: EVERY[name](at("v", value)))
    assert words in message
    assert "u05" in message
    assert "2008" in message


STILL = sorted(EVERY.keys() - POOLED - {"ellipse", "gravity", "coupling", "grey_relation", "sigma", "logt", "clubs"})


@pytest.mark.parametrize("name", STILL)
def test_values_that_are_all_equal_are_refused(name: str) -> None:
    assert "v" in said(lambda: EVERY[name](GOOD.with_columns(v=0.5)))


@pytest.mark.parametrize(
    ("name", "words"),
    [("beta", "1 unit"), ("moran", "1 units"), ("lisa", "1 units"), ("ellipse", "1 units"), ("gravity", "1 nodes"),
     ("lead_lag", "usable rows"), ("spatial_panel", "Nobody has a neighbour"), ("clubs", "1 unit")],
)  # fmt: skip
def test_one_unit_is_refused(name: str, words: str) -> None:
    assert words in said(lambda: EVERY[name](GOOD.filter(pl.col("unit") == "u00")))


@pytest.mark.parametrize(
    ("name", "words"),
    [("beta", "one year"), ("markov", "two years"), ("conditional_density", "two years"), ("lead_lag", "usable rows"),
     ("spatial_panel", "one year"), ("grey_relation", "One row")],
)  # fmt: skip
def test_one_year_is_refused_by_what_needs_several(name: str, words: str) -> None:
    assert words in said(lambda: EVERY[name](GOOD.filter(pl.col("year") == 2008)))


@pytest.mark.parametrize("name", ["moran", "moran_bivariate", "geary", "lisa", "spatial_markov", "spatial_panel"])
def test_units_without_weights_are_named(name: str) -> None:
    stranger = GOOD.filter(pl.col("unit") == "u00").with_columns(unit=pl.lit("somewhere"))
    assert "somewhere" in said(lambda: EVERY[name](pl.concat([GOOD, stranger])))


@pytest.mark.parametrize("name", sorted(EVERY.keys() - {"kernel_density"}))
def test_kinds_of_tables_orders_of_rows_and_ways_to_write_a_year_change_nothing(name: str) -> None:
    call = EVERY[name]
    columns = dict(to_polars(call(GOOD).to_frame()).schema)
    expected = key(call(GOOD), columns)
    mixed = GOOD.sample(fraction=1.0, shuffle=True, seed=3)
    for other in (mixed, GOOD.to_pandas(), GOOD.with_columns(pl.col("unit").cast(pl.Categorical))):
        assert key(call(other), columns) == pytest.approx(expected, rel=1e-9, abs=1e-12, nan_ok=True)
    if name != "coupling":  # keeps the year as it is written
        written = key(call(GOOD.with_columns(pl.col("year").cast(pl.String))), columns)
        assert written == pytest.approx(expected, rel=1e-9, abs=1e-12, nan_ok=True)


@pytest.mark.parametrize(
    "name", sorted(EVERY.keys() - {"moran", "moran_bivariate", "geary", "lisa", "spatial_markov", "spatial_panel"})
)
def test_numbers_can_be_names_of_units(name: str) -> None:
    plain = GOOD.with_columns(pl.col("unit").str.slice(1).cast(pl.Int64))
    assert len(EVERY[name](plain).to_frame()) == len(EVERY[name](GOOD).to_frame())


RING = {"from": ["a", "b", "c"], "to": ["b", "c", "a"], "linked": [1.0, 1.0, 1.0]}
OFF = np.random.default_rng(0).normal(size=(6, 6))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: regions.network(pl.DataFrame(RING | {"linked": [1.0, float("nan"), 1.0]})), "row 2"),
        (lambda: regions.network(RING | {"linked": ["yes", "no", "yes"]}), "“yes”"),
        (lambda: regions.network(RING, depth=1.5), "splits is 1.5"),
        (lambda: regions.qap(3.0, {"x": OFF}), "instead of 1 × 1"),
        (lambda: regions.qap([["a"] * 5] * 5, {"x": OFF}), "no number"),
        (lambda: regions.qap(OFF[:4, :4], {f"x{i}": OFF.T[:4, :4] * i for i in range(1, 12)}), "12 coefficients"),
        (lambda: regions.qap(OFF, {"x": OFF}, draws=1.5), "permutations is 1.5"),
        (lambda: regions.ellipse(GOOD, "v", unit="unit", **PLACE), "twice in one year"),
        (lambda: regions.ellipse(GOOD, "v", **BY, coordinates=("lat", "lon")), "no longitude and latitude"),
        (lambda: regions.ellipse(GOOD.with_columns(lon=1.0, lat=2.0), "v", **BY, **PLACE), "lie at one place"),
        (lambda: regions.ellipse(at("v", 1.0, 0).head(12).with_columns(v=pl.col("v").floor()), "v", **BY, **PLACE),
         "1 units with a weight above zero"),
        (lambda: regions.ellipse(GOOD, "v", **BY, **PLACE, points=-3), "3 or more"),
        (lambda: regions.gravity(GOOD, "v", **BY, coordinates=("lat", "lon")), "no longitude and latitude"),
        (lambda: regions.gravity(GOOD, [], **BY, **PLACE), "the name of a column"),
        (lambda: regions.gravity(GOOD, "v", **BY, **PLACE, power=-2), "above zero"),
        (lambda: regions.gravity(GOOD.with_columns(pl.col("v") * 1e300), "v", **BY, **PLACE), "can write down"),
        (lambda: regions.coupling(GOOD, ["v", "v"]), "columns that all differ"),
        (lambda: regions.coupling(GOOD, ["v", "a"], formula="liao1999", exponent=-1), "above zero"),
        (lambda: regions.coupling(GOOD.rename({"unit": "status"}), ["v", "a"], unit="status"), "no column of the"),
        (lambda: regions.grey_relation(GOOD, "v", []), "columns that all differ"),
        (lambda: regions.grey_relation(GOOD, "v", ["v", "a"]), "columns that all differ"),
        (lambda: regions.lead_lag(GOOD, ["v", "a"], **KEYS, circles={"x": ["v"]}), "circle “x”"),
        (lambda: regions.lead_lag(GOOD, **KEYS, circles={"x": ["v", "a", "v", "b"]}), "one of them twice"),
        (lambda: regions.lead_lag(GOOD, ["v", "a"], **KEYS, level=95), "between 0 and 1"),
        (lambda: regions.lead_lag(GOOD, ["v", "a"], **KEYS, lags=1.5), "1.5 lags"),
        (lambda: regions.lead_lag(GOOD.head(36), ["v", "a"], **KEYS, lags=4), "0 usable rows"),
        (lambda: regions.lead_lag(GOOD.filter(pl.col("unit") < "u02"), ["v", "a"], **KEYS), "2 units"),
        (lambda: regions.lead_lag(GOOD.with_columns(a=pl.col("v") * 2), ["v", "a"], **KEYS), "multiple of another"),
        (lambda: regions.lead_lag(
            GOOD.sort("unit", "year").with_columns(c=pl.col("v").shift(1).over("unit")), edges=[("v", "c")], **KEYS
         ), "without an error"),
        (lambda: regions.gini(GOOD, "v", **BY, interval="bootstrap", seed=-1), "a whole number from 0"),
        (lambda: regions.beta(GOOD, "v", **KEYS, start=2015, end=2010), "one year"),
    ],
)  # fmt: skip
def test_options_that_make_no_sense_are_refused(call: Callable[[], Any], words: str) -> None:
    assert words in said(call)


def test_the_name_of_the_outcome_is_free_for_a_regressor() -> None:
    one = regions.qap(OFF, {"y": OFF.T}, draws=99).frame.drop("name")
    assert one.equals(regions.qap(OFF, {"x": OFF.T}, draws=99).frame.drop("name"))


def test_a_class_never_visited_is_remarked_on_and_has_no_row() -> None:
    found = regions.markov(GOOD, "v", **KEYS, cuts=[0.2, 0.5, 50.0])
    assert "distribution_class_empty" in {note.code for note in found.notes}


def test_groups_of_one_and_equal_means_are_remarked_on() -> None:
    alone = GOOD.with_columns(g=pl.when(pl.col("unit") == "u00").then(pl.lit("x")).otherwise("g"))
    assert "inequality_small_groups" in {note.code for note in EVERY["dagum"](alone).notes}
    level = GOOD.with_columns(v=pl.col("v") / pl.col("v").mean().over("year", "g"))
    found = EVERY["dagum"](level)
    assert "dagum_equal_means" in {note.code for note in found.notes}
    assert found.frame["between"].to_list() == pytest.approx([0.0] * len(YEARS), abs=1e-12)


def test_nothing_that_grows_has_no_t() -> None:
    found = regions.beta(GOOD.with_columns(v=pl.col("v").first().over("unit")), "v", **KEYS)
    assert not found.frame.select(pl.selectors.float().is_nan().any()).to_numpy().any()
