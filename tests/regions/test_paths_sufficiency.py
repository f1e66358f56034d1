"""Sufficient paths: beside R's QCA 3.23 on made-up cases, relations that must hold, and what is refused.

The figures are what ``truthTable``, ``minimize`` and ``pof`` of QCA 3.23 print for the cases made here.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.errors import DataError, MethodError, NqpfError, SpecError
from nqpf.regions.paths.sufficiency import sufficiency

I = np.arange(24)  # noqa: E741
A, B, C, D = (((I * by + start) % 23 + 0.3) / 23 for by, start in ((5, 2), (7, 9), (11, 4), (3, 17)))
Y = np.clip(np.maximum(np.minimum(A, B), np.minimum(1 - C, D)) + ((I * 13 + 6) % 11 - 5) / 100, 0, 1)
CASES = pl.DataFrame({"u": [f"u{i:02d}" for i in I], "A": A, "B": B, "C": C, "D": D, "Y": Y})
NAMES = ["A", "B", "C", "D"]
ASK: dict[str, Any] = {"unit": "u", "calibration": "none", "consistency": 0.85, "pri": 0.6, "draws": 99}
EXPECT: dict[str, Any] = {"A": "present", "B": "present", "C": "absent", "D": "present"}

PATHS = {
    "complex": {
        "~A*~C*D": (0.982556591212, 0.923570595099, 0.616148964596, 0.2540497661991),
        "A*B*~C": (0.978777923784, 0.909599776099, 0.621952237809, 0.0893036072144),
        "A*B*D": (0.991042584435, 0.954596203945, 0.563543754175, 0.0308951235805),
    },
    "parsimonious": {
        "A*B": (0.971590909091, 0.877734877735, 0.678231462926, 0.145582832331),
        "~C*D": (0.986122244489, 0.954500657030, 0.821768537074, 0.289119906480),
    },
    "intermediate": {
        "~C*D": (0.986122244489, 0.954500657030, 0.821768537074, 0.2891199064796),
        "A*B*~C": (0.978777923784, 0.909599776099, 0.621952237809, 0.0893036072144),
        "A*B*D": (0.991042584435, 0.954596203945, 0.563543754175, 0.0308951235805),
    },
}
WHOLE = {
    "complex": (0.973207885305, 0.916643434625, 0.906897127589),
    "parsimonious": (0.971081307628, 0.908073541167, 0.967351369405),
    "intermediate": (0.974179620035, 0.919341785811, 0.941967267869),
}


@pytest.mark.parametrize("solution", list(PATHS))
def test_paths_as_in_r(solution: Any) -> None:
    found = sufficiency(CASES, NAMES, "Y", solution=solution, expectations=EXPECT, **ASK)
    numbers = ("consistency", "pri", "coverage", "unique")
    ours = {row["path"]: tuple(row[n] for n in numbers) for row in found.frame.iter_rows(named=True)}
    assert ours.keys() == PATHS[solution].keys()
    for path, wanted in PATHS[solution].items():
        assert ours[path] == pytest.approx(wanted, abs=1e-11)
    assert found.solutions.select(numbers[:3]).row(0) == pytest.approx(WHOLE[solution], abs=1e-11)
    assert (found.paths, found.models) == (len(ours), 1)
    note = next(n for n in found.notes if n.code == "qca_paths")
    assert f"There are {len(ours)} sufficient paths" in note.text().en


def test_the_truth_table_as_in_r() -> None:
    truth = sufficiency(CASES, NAMES, "Y", **ASK).truth
    assert truth.height == 13
    assert truth.filter(out="passes").select(NAMES).rows() == [
        (0, 0, 0, 1), (1, 1, 0, 1), (1, 1, 0, 0), (1, 1, 1, 1), (0, 1, 0, 1),
    ]  # fmt: skip
    row = truth.filter(A=0, B=1, C=0, D=0).row(0, named=True)
    assert (row["n"], row["out"]) == (1, "fails")  # consistent, but as much so without the outcome
    assert (row["consistency"], row["pri"]) == pytest.approx((0.975486381323, 0.28), abs=1e-11)
    first = truth.filter(A=0, B=0, C=0, D=1)["cases"].item().to_list()
    assert first == ["u00", "u06", "u09", "u23"]


def test_necessity_as_in_r() -> None:
    table = sufficiency(CASES, NAMES, "Y", **ASK).necessity
    present = table.filter(condition="A", state="present").select("consistency", "relevance", "coverage").row(0)
    assert present == pytest.approx((0.752546760187, 0.779556153329, 0.687452326468), abs=1e-11)
    absent = table.filter(condition="C", state="absent")
    assert absent.select("consistency", "relevance", "coverage").row(0) == pytest.approx(
        (0.93123747495, 0.803161574707, 0.775017373176), abs=1e-11
    )
    assert absent["necessary"].item()


def test_core_conditions_are_those_of_a_short_path_that_holds_the_long_one() -> None:
    terms = sufficiency(CASES, NAMES, "Y", solution="intermediate", expectations=EXPECT, **ASK).terms
    core = {(r["path"], r["condition"]): r["core"] for r in terms.iter_rows(named=True)}
    assert core[("A*B*~C", "A")]
    assert core[("A*B*~C", "B")]
    assert not core[("A*B*~C", "C")]  # ~C*D does not hold A*B*~C
    assert core[("A*B*D", "D")] is False
    assert terms.filter(path="~C*D", condition="C")["state"].item() == "absent"


def test_cases_of_paths() -> None:
    cases = sufficiency(CASES, NAMES, "Y", **ASK).cases
    inside = cases.filter(path="A*B*D")["u"].to_list()
    assert inside == ["u07", "u08", "u17"]
    left = cases.filter(pl.col("path").is_null())
    assert (left["kind"] == "deviant_coverage").all()
    assert (left["outcome"] > 0.5).all()
    assert (left["membership"] <= 0.5).all()
    typical = cases.filter(kind="typical")
    assert (typical["membership"] > 0.5).all()
    assert (typical["outcome"] > 0.5).all()


def test_unique_coverage_adds_up_where_paths_do_not_overlap() -> None:
    crisp = pl.DataFrame({"u": list("abcdefgh"), "A": [1, 1, 0, 0] * 2, "B": [1, 0, 0, 1] * 2, "Y": [1, 0, 1, 0] * 2})
    found = sufficiency(crisp, ["A", "B"], "Y", unit="u", calibration="none", draws=19)
    assert sorted(found.frame["path"]) == ["A*B", "~A*~B"]
    assert found.frame["unique"].sum() == pytest.approx(1)
    assert found.frame["consistency"].to_list() == [1, 1]
    assert found.solutions["coverage"].item() == 1


def test_several_models_of_one_length_are_all_told() -> None:
    on = {(0, 0, 0), (0, 0, 1), (0, 1, 0), (1, 0, 1), (1, 1, 0), (1, 1, 1)}
    rows = [(a, b, c) for a in (0, 1) for b in (0, 1) for c in (0, 1)] * 2
    data = pl.DataFrame(rows, schema=["A", "B", "C"], orient="row").with_columns(
        u=pl.Series([f"u{i}" for i in range(16)]), Y=pl.Series([float(r in on) for r in rows])
    )
    found = sufficiency(data, ["A", "B", "C"], "Y", unit="u", calibration="none", draws=19)
    assert (found.models, found.paths) == (2, 3)
    assert found.frame["model"].to_list() == [1, 1, 1, 2, 2, 2]
    assert found.remainders == 0


def test_variants_count_how_often_a_path_stays() -> None:
    raw = CASES.with_columns(pl.col(NAMES) * 100)
    found = sufficiency(raw, NAMES, "Y", **{**ASK, "calibration": "quantile", "nudge": 0.001})
    kinds = found.variants["kind"].value_counts().sort("kind").rows()
    assert kinds == [("consistency", 2), ("crossover", 10), ("ends", 2), ("frequency", 1), ("pri", 2)]
    same = found.variants["same"].sum()
    assert found.frame["stays"].sum() * found.variants.height == pytest.approx(same)
    assert (found.frame["nested"] >= found.frame["stays"]).all()
    bare = sufficiency(raw, NAMES, "Y", **{**ASK, "calibration": "quantile", "nudge": 0.001, "shift": None})
    assert bare.variants.is_empty()
    assert bare.frame["stays"].null_count() == bare.frame.height


def test_order_of_rows_and_unit_of_measurement_change_nothing() -> None:
    ask = {**ASK, "calibration": {"A": (5, 45, 90), **{n: (0.05, 0.45, 0.9) for n in "BCDY"}}}
    found = sufficiency(CASES.with_columns(pl.col("A") * 100), NAMES, "Y", **ask)
    shuffled = CASES.sample(fraction=1, shuffle=True, seed=1)
    again = sufficiency(shuffled, NAMES, "Y", **{**ask, "calibration": dict.fromkeys([*NAMES, "Y"], (0.05, 0.45, 0.9))})
    assert again.frame["path"].equals(found.frame["path"])
    np.testing.assert_allclose(again.frame["consistency"], found.frame["consistency"], atol=1e-12)
    assert again.cases["u"].equals(found.cases["u"])
    assert again.p == found.p


def test_a_falling_set_is_the_negation() -> None:
    up = sufficiency(CASES, NAMES, "Y", **{**ASK, "calibration": dict.fromkeys([*NAMES, "Y"], (0.1, 0.45, 0.9))})
    down = {**dict.fromkeys([*NAMES, "Y"], (0.1, 0.45, 0.9)), "C": (0.9, 0.45, 0.1)}
    turned = sufficiency(CASES, NAMES, "Y", **{**ASK, "calibration": down})
    swapped = [p.replace("~C", "c").replace("C", "~C").replace("c", "C") for p in turned.frame["path"]]
    assert sorted(swapped) == sorted(up.frame["path"])


def test_the_negated_outcome_is_an_analysis_of_its_own() -> None:
    one = sufficiency(CASES, NAMES, "Y", negate=True, **ASK)
    other = sufficiency(CASES.with_columns((1 - pl.col("Y")).alias("Y")), NAMES, "Y", **ASK)
    assert one.frame["path"].equals(other.frame["path"])
    np.testing.assert_allclose(one.frame["coverage"], other.frame["coverage"])


def test_ties_at_the_crossover_are_flagged_and_can_be_moved() -> None:
    tied = CASES.with_columns(pl.when(u="u05").then(0.5).otherwise("A").alias("A"))
    found = sufficiency(tied, NAMES, "Y", **ASK)
    assert found.ties.rows() == [("u05", "A")]
    assert "1 cases belong to no combination" in str(next(n for n in found.notes if n.code == "qca_ties").text().en)
    assert found.truth["n"].sum() == 23
    moved = sufficiency(tied, NAMES, "Y", nudge=0.001, **ASK)
    assert moved.truth["n"].sum() == 24
    assert moved.memberships.filter(u="u05")["A"].item() == 0.501


def test_chance_is_an_answer() -> None:
    rng = np.random.default_rng(0)
    noise = pl.DataFrame({"u": [f"u{i:02d}" for i in range(40)], **{n: rng.random(40) for n in "ABCY"}})
    found = sufficiency(noise, ["A", "B", "C"], "Y", unit="u", pri=0.3, consistency=0.7)
    assert found.p > 0.05
    assert "qca_chance" in {n.code for n in found.notes}
    assert sufficiency(CASES, NAMES, "Y", **{**ASK, "draws": 999}).p == 0.001
    none = sufficiency(noise, ["A", "B", "C"], "Y", unit="u", consistency=1, pri=1)
    assert (none.paths, none.models, none.frame.height) == (0, 0, 0)
    assert "qca_none" in {n.code for n in none.notes}


def test_pooled_years() -> None:
    years = pl.concat([CASES.with_columns(year=y) for y in (2019, 2020)])
    found = sufficiency(years, NAMES, "Y", **ASK, time="year", period="pooled")
    single = sufficiency(CASES, NAMES, "Y", **ASK)
    assert sorted(found.frame["path"]) == sorted(single.frame["path"])
    assert found.frame["between"].to_list() == pytest.approx([0] * 3, abs=1e-12)
    assert (found.frame["within"] > 0).all()
    assert found.years.height == 6
    assert found.years.group_by("path").agg(pl.col("consistency").std()).get_column("consistency").max() < 1e-12  # type: ignore[operator]
    assert found.cases.columns[:2] == ["u", "year"]
    # Whole units are shuffled: doubling the years proves nothing more.
    assert found.p == pytest.approx(single.p, abs=0.02)
    gone = sufficiency(years[:-1], NAMES, "Y", **ASK, time="year", period="pooled")
    assert np.isnan(gone.p)
    assert "qca_unbalanced" in {n.code for n in gone.notes}


def test_a_year_without_members_says_nothing_of_a_path() -> None:
    rows = [(u, y, a, a) for u, a in (("p", 1.0), ("q", 0.0), ("r", 1.0), ("s", 0.0)) for y in (2019, 2020)]
    data = pl.DataFrame(rows, schema=["u", "year", "A", "Y"], orient="row").with_columns(
        pl.when(year=2020).then(0.0).otherwise(pl.col("A", "Y")).name.keep()
    )
    found = sufficiency(data, ["A"], "Y", unit="u", time="year", period="pooled", calibration="none", draws=9)
    assert found.frame.select("path", "between", "within").row(0) == ("A", 0, 0)
    assert found.years["consistency"].to_list() == [1, None]


BAD: list[tuple[dict[str, Any], type[NqpfError], str]] = [
    ({"solution": "simple"}, SpecError, "“simple” is not one of the choices"),
    ({"solution": "intermediate"}, SpecError, "The intermediate solution needs expectations"),
    ({"solution": "intermediate", "expectations": {"E": "present"}}, SpecError, "There is no column “E”"),
    ({"expectations": {"A": "yes"}}, SpecError, "present, absent, either"),
    ({"consistency": 0.4}, SpecError, "above 0.5 and at most 1"),
    ({"frequency": 0}, SpecError, "a whole number of cases"),
    ({"shift": 1}, SpecError, "None for none"),
    ({"nudge": 0.5}, SpecError, "below 0.5"),
    ({"calibration": "fuzzy"}, SpecError, "quantile, none"),
    ({"calibration": {"A": (0, 1, 2)}}, SpecError, "calibration has no anchors for this column"),
    ({"calibration": {"Q": (0, 1, 2)}}, SpecError, "There is no column “Q”"),
    ({"calibration": {**dict.fromkeys("BCDY"), "A": (0, 2, 1)}}, SpecError, "rise all the way or fall all the way"),
    ({"calibration": "quantile", "quantiles": (0.9, 0.5, 0.1)}, SpecError, "three rising shares"),
    ({"consistency": 0.51, "pri": 0}, MethodError, "All combinations that can be judged"),
]


@pytest.mark.parametrize(("options", "kind", "says"), BAD, ids=[says[:25] for *_, says in BAD])
def test_what_is_refused(options: dict[str, Any], kind: type[NqpfError], says: str) -> None:
    ask = {"solution": "parsimonious", **ASK, **options} if options.get("pri") == 0 else {**ASK, **options}
    with pytest.raises(kind) as error:
        sufficiency(CASES, NAMES, "Y", **ask)
    assert says in error.value.text().en


def test_too_many_conditions_for_the_cases() -> None:
    rng = np.random.default_rng(1)
    names = [f"c{i}" for i in range(9)]
    data = pl.DataFrame({"u": [f"u{i}" for i in range(31)], **{n: rng.random(31) for n in [*names, "Y"]}})
    with pytest.raises(MethodError) as error:
        sufficiency(data, names, "Y", unit="u")
    assert "9 conditions have 512 combinations, and there are 31 cases" in error.value.text().en
    assert "Use 8 conditions at most" in error.value.text().en
    few = sufficiency(data, names[:6], "Y", unit="u", draws=19, shift=None)
    note = next(n for n in few.notes if n.code == "qca_remainders")
    assert note.severity == "warning"


def test_data_that_are_no_sets() -> None:
    with pytest.raises(DataError) as error:
        sufficiency(CASES.with_columns(pl.col("B") * 2), NAMES, "Y", **ASK)
    assert "is not between 0 and 1" in error.value.text().en
    mostly = CASES.with_columns(B=pl.Series([0.0] * 22 + [1.0] * 2))
    with pytest.raises(MethodError) as flat:
        sufficiency(mostly, NAMES, "Y", **{**ASK, "calibration": "quantile"})
    assert "three quantiles of this column coincide" in flat.value.text().en
    with pytest.raises(SpecError) as twice:
        sufficiency(CASES, NAMES, "A", **ASK)
    assert "cannot also be a condition" in twice.value.text().en
