"""Peers by endowment: distances by hand, who has none, balance, and what the best have reached."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.spatial.distance import cdist

from nqpf.errors import DataError, MethodError, NqpfError, SpecError
from nqpf.regions.paths.peers import peers

RNG = np.random.default_rng(1)
X = RNG.normal(size=(30, 3)) @ np.array([[1.0, 0.8, 0], [0, 1, 0], [0, 0, 5]])
TOWNS = pl.DataFrame(
    {
        "town": [f"t{i:02d}" for i in range(30)],
        **dict(zip("abc", X.T, strict=True)),
        "bloc": ["east", "west", "west"] * 10,
        "patents": RNG.integers(1, 99, 30).astype(float),
        "waste": RNG.integers(1, 99, 30).astype(float),
    }
)
NAMES = ["a", "b", "c"]


def test_distances_are_mahalanobis() -> None:
    found = peers(TOWNS, NAMES, unit="town", count=4)
    apart = cdist(X, X, "mahalanobis", VI=np.linalg.inv(np.cov(X.T)))
    np.fill_diagonal(apart, np.inf)
    order = np.argsort(apart, axis=1)[:, :4]
    assert found.frame["peer"].to_list() == [f"t{j:02d}" for j in order.ravel()]
    np.testing.assert_allclose(found.frame["distance"], np.take_along_axis(apart, order, axis=1).ravel())
    assert found.units["chosen"].sum() == 120
    np.testing.assert_allclose(found.limit, np.quantile(np.sort(apart, axis=1)[:, 0], 0.95))


@pytest.mark.parametrize("distance", ["mahalanobis", "euclidean", "rank"])
def test_unit_of_measurement_and_order_of_rows_change_nothing(distance: Any) -> None:
    ask: dict[str, Any] = {"unit": "town", "distance": distance, "targets": ["patents"]}
    one = peers(TOWNS, NAMES, **ask)
    other = peers(TOWNS.sample(fraction=1, shuffle=True, seed=2).with_columns(pl.col("a") * -1e6 + 3), NAMES, **ask)
    if distance != "rank":  # a column turned round has the same distances
        assert other.frame.drop("distance").equals(one.frame.drop("distance"))
    np.testing.assert_allclose(other.frame["distance"].sort(), one.frame["distance"].sort(), atol=1e-9)


def test_euclidean_by_hand() -> None:
    line = {"town": ["p", "q", "r"], "a": [0.0, 1.0, 3.0]}
    found = peers(line, ["a"], unit="town", count=2, distance="euclidean")
    sd = float(np.std([0, 1, 3], ddof=1))
    assert found.frame.rows() == [
        ("p", 1, "q", 1 / sd), ("p", 2, "r", 3 / sd), ("q", 1, "p", 1 / sd),
        ("q", 2, "r", 2 / sd), ("r", 1, "q", 2 / sd), ("r", 2, "p", 3 / sd),
    ]  # fmt: skip
    gap = found.balance.filter(town="p")
    assert gap["peers"].item() == 2
    assert gap["difference"].item() == pytest.approx(-2 / sd)


def test_who_is_alone_is_told() -> None:
    far = TOWNS.with_columns(pl.when(town="t07").then(40.0).otherwise("a").alias("a"))
    found = peers(far, NAMES, unit="town", support=0.97)
    assert found.units.filter(~pl.col("supported"))["town"].to_list() == ["t07"]
    note = next(n for n in found.notes if n.code == "peers_alone")
    assert "t07" in note.text().en
    none = peers(TOWNS, NAMES, unit="town", caliper=1e-6)
    assert none.limit == 1e-6
    assert not none.units["supported"].any()
    assert none.columns["after"].null_count() == 3
    assert "peers_beyond_caliper" in {n.code for n in none.notes}


def test_peers_are_nearer_than_all_others() -> None:
    found = peers(TOWNS, NAMES, unit="town", count=2, support=1)
    assert (found.columns["after"] < found.columns["before"]).all()
    value = found.balance.filter(column="b")
    np.testing.assert_allclose(found.columns.filter(column="b")["after"].item(), value["difference"].abs().mean())


def test_within_groups() -> None:
    found = peers(TOWNS, NAMES, unit="town", within="bloc", count=3, targets=["patents"])
    bloc = dict(zip(TOWNS["town"], TOWNS["bloc"], strict=True))
    assert all(bloc[a] == bloc[b] for a, b in found.frame.select("town", "peer").rows())
    table = found.groups
    assert table.select("bloc", "units").rows() == [("east", 10), ("west", 20)]
    east = TOWNS.filter(bloc="east")["patents"]
    assert table["median"][0] == east.median()
    assert table["high"][0] == pytest.approx(np.quantile(east, 0.75))
    assert bloc[table["best_unit"][0]] == "east"
    alone = TOWNS.with_columns(pl.when(town="t05").then(pl.lit("south")).otherwise("bloc").alias("bloc"))
    lonely = peers(alone, NAMES, unit="town", within="bloc", targets=["patents"])
    row = lonely.units.filter(town="t05").row(0, named=True)
    assert (row["peers"], row["nearest"], row["supported"]) == (0, None, False)
    assert lonely.targets.filter(town="t05").select("median", "best", "best_peer").row(0) == (None, None, None)
    assert "peers_fewer" in {n.code for n in lonely.notes}


def test_targets_are_what_peers_have_reached() -> None:
    found = peers(TOWNS, NAMES, unit="town", count=3, targets=["patents", "waste"], lower=["waste"])
    near = found.frame.filter(town="t04")["peer"].to_list()
    theirs = TOWNS.filter(pl.col("town").is_in(near))
    for target, best, sign in (("patents", max, 1), ("waste", min, -1)):
        row = found.targets.filter(town="t04", target=target).row(0, named=True)
        own = TOWNS.filter(town="t04")[target].item()
        assert row["best"] == best(theirs[target].to_list())
        assert row["to_best"] == sign * (row["best"] - own)
        assert row["to_median"] == sign * (theirs[target].median() - own)
        assert theirs.filter(town=row["best_peer"])[target].item() == row["best"]
    low = found.groups.filter(target="waste")
    assert low["best"].item() == TOWNS["waste"].min()
    assert low["high"].item() == pytest.approx(np.quantile(TOWNS["waste"], 0.25))


def test_years_and_groups_that_change() -> None:
    panel = pl.concat([TOWNS.with_columns(year=2020), TOWNS.with_columns(pl.col(NAMES) + 1, year=2021)])
    ask: dict[str, Any] = {"unit": "town", "time": "year", "within": "bloc"}
    mean = peers(panel, NAMES, period="mean", **ask)
    last = peers(panel, NAMES, **ask)
    assert mean.frame.drop("distance").equals(last.frame.drop("distance"))
    moved = panel.with_columns(
        pl.when(pl.col("town") == "t03", pl.col("year") == 2021).then(pl.lit("north")).otherwise("bloc").alias("bloc")
    )
    with pytest.raises(DataError) as error:
        peers(moved, NAMES, period="mean", **ask)
    assert "in different groups in different years" in error.value.text().en


BAD: list[tuple[dict[str, Any], type[NqpfError], str]] = [
    ({"distance": "cosine"}, SpecError, "“cosine” is not one of the choices"),
    ({"count": 0}, SpecError, "a whole number from 1 on"),
    ({"support": 0}, SpecError, "above 0 and at most 1"),
    ({"caliper": 0}, SpecError, "a distance above 0"),
    ({"lower": ["waste"]}, SpecError, "“waste” is not one of the choices"),
    ({"targets": ["a"]}, SpecError, "stands twice"),
    ({"within": "nowhere"}, DataError, "There is no column “nowhere”"),
    ({"within": "town"}, MethodError, "Every group has a single unit"),
]


@pytest.mark.parametrize(("options", "kind", "says"), BAD, ids=[says[:25] for *_, says in BAD])
def test_what_is_refused(options: dict[str, Any], kind: type[NqpfError], says: str) -> None:
    with pytest.raises(kind) as error:
        peers(TOWNS, NAMES, unit="town", **options)
    assert says in error.value.text().en


def test_a_column_that_follows_from_others_is_named() -> None:
    both = TOWNS.with_columns(d=pl.col("a") - 2 * pl.col("b"))
    with pytest.raises(MethodError) as error:
        peers(both, [*NAMES, "d"], unit="town")
    assert "a, b, d" in error.value.text().en
    assert peers(both, [*NAMES, "d"], unit="town", distance="euclidean").frame.height == 150
