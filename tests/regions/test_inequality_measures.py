"""Gini, generalised entropy, Atkinson, polarisation and dispersion: by hand, identities, invariances."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nqpf.errors import SpecError
from nqpf.regions.inequality.atkinson import atkinson
from nqpf.regions.inequality.dispersion import dispersion
from nqpf.regions.inequality.gini import gini
from nqpf.regions.inequality.polarisation import polarisation
from nqpf.regions.inequality.theil import TheilResult, theil

ORDERS = (-1.0, 0.0, 0.25, 0.5, 1.0, 2.0, 3.0)


@st.composite
def tables(draw: st.DrawFn) -> pl.DataFrame:
    n = draw(st.integers(2, 12))
    y = draw(st.lists(st.floats(0.1, 50), min_size=n, max_size=n))
    w = draw(st.lists(st.integers(1, 4).map(float), min_size=n, max_size=n))
    g, h = (draw(st.lists(st.sampled_from("abc"), min_size=n, max_size=n)) for _ in range(2))
    return pl.DataFrame({"y": y, "w": w, "g": g, "h": h})


def one(found: object) -> dict[str, float]:
    return found.frame.row(0, named=True)  # type: ignore[attr-defined, no-any-return]


def entropy(y: np.ndarray, w: np.ndarray, order: float) -> float:
    """Return generalised entropy as it is printed."""
    r, w = y / (w @ y / w.sum()), w / w.sum()
    if order == 0:
        return float(-w @ np.log(r))
    return float(w @ (r * np.log(r))) if order == 1 else float((w @ r**order - 1) / (order * (order - 1)))


@given(tables(), st.sampled_from(ORDERS))
def test_entropy_is_its_formula_and_adds_up(table: pl.DataFrame, order: float) -> None:
    y, w = table["y"].to_numpy(), table["w"].to_numpy()
    flat, once, twice = (
        one(theil(table, "y", weight="w", order=order, groups=groups)) for groups in ((), "g", ["g", "h"])
    )
    size = max(1.0, flat["theil"])
    assert flat["theil"] == pytest.approx(entropy(y, w, order), abs=1e-11 * size)
    assert once["between"] + once["within"] == pytest.approx(flat["theil"], abs=1e-12 * size)
    assert twice["between"] == pytest.approx(once["between"], abs=1e-12 * size)
    assert twice["between_inner"] + twice["within"] == pytest.approx(once["within"], abs=1e-12 * size)
    assert min(once["between"], once["within"], twice["between_inner"]) >= -1e-12 * size


@given(tables(), st.sampled_from(ORDERS))
def test_contributions_of_groups_add_up_to_the_parts(table: pl.DataFrame, order: float) -> None:
    found = theil(table, "y", weight="w", order=order, groups=["g", "h"])
    row, groups = one(found), found.groups
    assert groups is not None
    outer, inner = groups.filter(level=1), groups.filter(level=2)
    size = 1e-12 * max(1.0, row["theil"])
    assert outer["between"].sum() == pytest.approx(row["between"], abs=size)
    assert inner["between"].sum() == pytest.approx(row["between_inner"], abs=size)
    assert inner["within"].sum() == pytest.approx(row["within"], abs=size)
    assert outer["within"].sum() == pytest.approx(row["within"] + row["between_inner"], abs=size)
    for name in outer["group"]:
        of_it = inner.filter(group=name)
        whole = of_it["between"].sum() + of_it["within"].sum()
        assert outer.filter(group=name)["within"].item() == pytest.approx(whole, abs=size)
        alone = table.filter(pl.col("g") == name)
        expected = entropy(alone["y"].to_numpy(), alone["w"].to_numpy(), order)
        assert outer.filter(group=name)["theil"].item() == pytest.approx(expected, abs=1e-11 * max(1, expected))


@given(tables(), st.sampled_from([0.25, 0.5, 1.0, 2.0]))
def test_atkinson_is_its_formula_and_multiplies_over_groups(table: pl.DataFrame, aversion: float) -> None:
    y, w = table["y"].to_numpy(), table["w"].to_numpy() / table["w"].sum()
    row = one(atkinson(table, "y", weight="w", aversion=aversion, group="g"))
    mean = w @ y
    equivalent = math.exp(w @ np.log(y)) if aversion == 1 else (w @ y ** (1 - aversion)) ** (1 / (1 - aversion))
    assert row["atkinson"] == pytest.approx(1 - equivalent / mean, abs=1e-12)
    assert row["equivalent"] == pytest.approx(equivalent, rel=1e-12)
    assert (1 - row["within"]) * (1 - row["between"]) == pytest.approx(1 - row["atkinson"], abs=1e-12)
    assert row["within"] + row["between"] - row["cross"] == pytest.approx(row["atkinson"], abs=1e-12)


@given(tables(), st.sampled_from([1e-6, 3.0, 1e9]))
def test_no_measure_depends_on_the_unit_the_order_or_on_copies(table: pl.DataFrame, factor: float) -> None:
    def everything(t: pl.DataFrame) -> list[float]:
        found = [
            one(gini(t, "y", weight="w"))["gini"],
            one(theil(t, "y", weight="w", groups=["g", "h"], order=0))["between_inner"],
            one(atkinson(t, "y", weight="w"))["atkinson"],
            one(polarisation(t, "y", weight="w"))["polarisation"],
            one(polarisation(t, "y", weight="w", group="g", index="esteban_gradin_ray"))["polarisation"],
        ]
        row = one(dispersion(t, "y", weight="w"))
        return [*found, row["cv"], row["sd_log"]]

    changed = pl.concat([table, table]).reverse().with_columns(pl.col("y") * factor, pl.col("w") / 3)
    assert everything(changed) == pytest.approx(everything(table), abs=1e-10)


@given(tables(), st.sampled_from(["interpolated", "counted"]))
def test_weights_are_numbers_of_copies(table: pl.DataFrame, lorenz: str) -> None:
    copied = table.select(pl.exclude("w").repeat_by(pl.col("w").cast(pl.UInt32))).explode(pl.all())
    weighted, plain = (
        one(polarisation(t, "y", weight=w, lorenz=lorenz))  # type: ignore[arg-type]
        for t, w in ((table, "w"), (copied, None))
    )
    for name in ("polarisation", "median", "lorenz_half", "gini"):
        assert weighted[name] == pytest.approx(plain[name], abs=1e-10)


def test_orders_go_over_into_each_other_without_a_jump() -> None:
    table = {"y": [1.0, 2.0, 7.0, 0.5], "g": ["a", "a", "b", "b"]}
    for limit in (0.0, 1.0):
        at = theil(table, "y", order=limit, groups="g")
        for step in (-1e-9, 1e-9):
            near = theil(table, "y", order=limit + step, groups="g")
            assert one(near)["theil"] == pytest.approx(one(at)["theil"], abs=1e-8)
            assert at.groups is not None
            assert near.groups is not None
            np.testing.assert_allclose(near.groups["between"], at.groups["between"], rtol=0, atol=1e-7)
    near, at = (one(atkinson(table, "y", aversion=e))["atkinson"] for e in (1 + 1e-9, 1.0))
    assert near == pytest.approx(at, abs=1e-8)


def test_a_great_aversion_looks_at_the_poorest_alone() -> None:
    found = one(atkinson({"y": [1e-3, 1.0, 5.0]}, "y", aversion=400.0))
    assert found["equivalent"] == pytest.approx(1e-3, rel=0.01)


def test_half_the_squared_variation_is_entropy_of_order_two() -> None:
    table = {"y": [1.0, 2.0, 4.0, 9.0], "w": [1.0, 2.0, 1.0, 3.0]}
    cv = one(dispersion(table, "y", weight="w", measures=["cv"]))["cv"]
    assert one(theil(table, "y", weight="w", order=2))["theil"] == pytest.approx(cv**2 / 2)


def test_gini_by_hand_corrected_and_in_the_extremes() -> None:
    table = {"y": [0.0, 0.0, 0.0, 1.0]}
    assert one(gini(table, "y"))["gini"] == pytest.approx(0.75)
    assert one(gini(table, "y", corrected=True))["gini"] == pytest.approx(1.0)
    assert one(gini({"y": [3.0, 3.0]}, "y"))["gini"] == 0
    assert one(gini({"y": [3.0]}, "y"))["gini"] == 0
    assert one(gini({"y": [3.0]}, "y", corrected=True))["gini"] is None


def test_gini_intervals() -> None:
    y = np.exp(np.random.default_rng(0).standard_normal(60))
    table = {"y": y}
    jack = one(gini(table, "y", interval="jackknife"))
    rest = [one(gini({"y": np.delete(y, i)}, "y"))["gini"] for i in range(60)]
    error = math.sqrt(59 / 60 * np.sum((np.array(rest) - np.mean(rest)) ** 2))
    assert jack["gini_se"] == pytest.approx(error, rel=1e-9)
    assert jack["gini_high"] - jack["gini"] == pytest.approx(2.0009953 * error, rel=1e-6)  # t(59), 0.975
    boot = one(gini(table, "y", interval="bootstrap", seed=1))
    assert boot["gini_se"] == pytest.approx(error, rel=0.15)
    assert (boot["gini_low"] + boot["gini_high"]) / 2 > boot["gini"]  # draws fall short, which is put right
    right = one(gini(table, "y", corrected=True, interval="bootstrap", seed=1))
    assert right["gini_se"] == pytest.approx(boot["gini_se"] * 60 / 59)
    assert (right["gini_low"] + right["gini_high"]) / 2 == pytest.approx(right["gini"])
    assert one(gini({"y": [1.0, 2.0]}, "y", interval="jackknife"))["gini_se"] is None


def test_theil_takes_zeros_and_l_does_not() -> None:
    table = {"y": [0.0, 0.0, 1.0, 3.0], "g": ["a", "a", "b", "b"]}
    found = theil(table, "y", groups="g")
    assert one(found)["theil"] == pytest.approx(0.25 * (1 * math.log(1) + 3 * math.log(3)), abs=1e-15)
    assert one(found)["between"] == pytest.approx(math.log(2))
    assert found.groups is not None
    assert found.groups["theil"].to_list() == [None, pytest.approx(0.25 * math.log(0.5) + 0.75 * math.log(1.5))]
    assert found.groups["between"].to_list() == [0.0, pytest.approx(math.log(2))]


def test_an_inner_name_in_two_outer_groups_is_two_groups() -> None:
    table = {"y": [1.0, 2.0, 3.0, 4.0], "region": ["e", "e", "w", "w"], "kind": ["town", "land", "town", "land"]}
    found = theil(table, "y", groups=["region", "kind"])
    assert found.groups is not None
    inner = found.groups.filter(level=2)
    assert inner.select("group", "subgroup").rows() == [("e", "town"), ("e", "land"), ("w", "town"), ("w", "land")]
    assert one(found)["within"] == 0


def test_wolfson_by_hand() -> None:
    """Two halves at 1 and 3 around a median of 2: T = ¼, G = ¼, so 2(½ − ¼)·1; one value leaves no halves."""
    assert one(polarisation({"y": [1.0, 3.0]}, "y"))["polarisation"] == pytest.approx(0.5)
    odd = {"y": [1.0, 2.0, 6.0]}
    interpolated, counted = (
        one(polarisation(odd, "y", lorenz=how))["lorenz_half"]  # type: ignore[arg-type]
        for how in ("interpolated", "counted")
    )
    assert (interpolated, counted) == (pytest.approx(2 / 9), pytest.approx(3 / 9))


def test_esteban_ray_by_hand() -> None:
    table = {"y": [1.0, 1.0, 2.0, 4.0], "g": ["a", "a", "b", "b"]}
    found = one(polarisation(table, "y", group="g", index="esteban_ray", alpha=1))
    assert found["polarisation"] == pytest.approx(2 * 0.5**3 * 1.0)  # means ½ and 1½ of the overall mean
    assert found["gini_between"] == pytest.approx(0.25)
    less = one(polarisation(table, "y", group="g", index="esteban_gradin_ray", alpha=1, beta=0.5))
    whole = one(gini(table, "y"))["gini"]
    assert less["lost"] == pytest.approx(whole - 0.25)
    assert less["polarisation"] == pytest.approx(0.25 - 0.5 * (whole - 0.25))


def test_dispersion_by_hand_and_its_divisors() -> None:
    table = pl.DataFrame({"year": [1, 1, 2, 2], "y": [1.0, 3.0, 2.0, 2.0]})
    found = dispersion(table, "y", by="year").frame
    assert found["cv"].to_list() == [0.5, 0.0]
    assert found["sd_log"].to_list() == pytest.approx([math.log(3) / 2, 0])
    sample = dispersion(table, "y", by="year", divisor="n-1").frame
    assert sample["sd"].to_list() == pytest.approx([math.sqrt(2), 0])
    assert dispersion({"y": [2.0]}, "y", divisor="n-1").frame["cv"].to_list() == [None]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda t: theil(t, "y", groups=["g", "g", "g"]), "two columns at most"),
        (lambda t: theil(t, "y", order=math.inf), "order.*a finite number"),
        (lambda t: atkinson(t, "y", aversion=-1), "aversion.*a finite number from 0"),
        (lambda t: polarisation(t, "y", index="wolfsen"), "Did you mean “wolfson”"),
        (lambda t: polarisation(t, "y", lorenz="half"), "“half” is not one of the choices"),
        (lambda t: polarisation(t, "y", group="g", index="esteban_ray", alpha=2), "above 0 and up to 1.6"),
        (lambda t: polarisation(t, "y", group="g", index="esteban_ray", beta=-1), "beta.*from 0"),
        (lambda t: dispersion(t, "y", measures=["gini"]), "“gini” is not one of the choices"),
        (lambda t: dispersion(t, "y", divisor="N"), "“N” is not one of the choices"),
    ],
)
def test_options_that_are_not(call: object, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        call({"y": [1.0, 2.0], "g": ["a", "b"]})  # type: ignore[operator]


def test_results_name_their_columns_of_groups_only_where_there_are_any() -> None:
    found = theil({"y": [1.0, 2.0], "g": ["a", "b"]}, "y")
    assert isinstance(found, TheilResult)
    assert found.groups is None
    assert found.frame.columns == ["n", "mean", "theil"]
    assert theil({"y": [1.0, 2.0], "g": ["a", "b"]}, "y", groups="g").to_frame().columns == [
        "n", "mean", "theil", "between", "within", "share_between", "share_within",
    ]  # fmt: skip
