"""Gravity, networks, blocks and QAP: small cases by hand, brute force, and what is refused."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import polars as pl
import pytest

from nqpf.errors import MethodError, SpecError
from nqpf.numerics import networks
from nqpf.regions.space.gravity import gravity
from nqpf.regions.space.network import network
from nqpf.regions.space.qap import qap

CITIES = pl.DataFrame(
    {"city": ["a", "b", "c", "d"], "x": [0.0, 1, 3, 7], "y": [0.0, 0, 0, 1], "m": [1.0, 3, 2, 5], "g": [4.0, 2, 1, 9]}
)
PLANE = {"unit": "city", "coordinates": ("x", "y"), "metric": "plane"}


def ways(link: np.ndarray, s: int, t: int) -> list[tuple[int, ...]]:
    """Return all shortest ways from s to t, by trying every sequence of nodes."""
    others = [v for v in range(len(link)) if v not in (s, t)]
    for k in range(len(others) + 1):
        found = [
            (s, *middle, t)
            for middle in permutations(others, k)
            if all(link[a, b] for a, b in zip((s, *middle), (*middle, t), strict=True))
        ]
        if found:
            return found
    return []


def test_gravity_is_the_formula() -> None:
    found = gravity(CITIES, ["m", "g"], unit="city", coordinates=("x", "y"), metric="plane", pull="g", power=1)
    mass = np.sqrt(np.array([4.0, 6, 2, 45]))
    strength = found.matrices[None]
    assert strength[0, 2] == pytest.approx(4 / 5 * mass[0] * mass[2] / 3)
    assert strength[2, 0] == pytest.approx(1 / 5 * mass[0] * mass[2] / 3)
    assert np.diagonal(strength) == pytest.approx(0)
    linked = found.frame.filter(pl.col("linked"))
    assert set(linked["from"]) == {"a", "b", "c", "d"}


def test_economic_separation_divides_by_the_gap_in_income() -> None:
    found = gravity(CITIES, "m", **PLANE, separation="economic", income="g").matrices[None]
    assert found[0, 1] == pytest.approx(1 / 4 * 3 / (1 / 2) ** 2)
    with pytest.raises(MethodError, match="economic distance is infinite"):
        gravity(CITIES.with_columns(g=1.0), "m", **PLANE, separation="economic", income="g")
    with pytest.raises(SpecError, match="go together"):
        gravity(CITIES, "m", **PLANE, income="g")


def test_gravity_refuses_what_has_no_pull() -> None:
    with pytest.raises(MethodError, match="mass 0 is not above zero") as caught:
        gravity(CITIES.with_columns(m=pl.Series([1.0, 0, 2, 3])), "m", **PLANE)
    assert caught.value.where.unit == "b"
    with pytest.raises(MethodError, match="same place as “b”"):
        gravity(CITIES.with_columns(x=0.0, y=pl.Series([0.0, 0, 1, 2])), "m", **PLANE)
    twice = pl.concat([CITIES, CITIES])
    with pytest.raises(MethodError, match="twice in one year"):
        gravity(twice, "m", **PLANE)
    years = twice.with_columns(year=pl.Series([2000] * 4 + [2001] * 4))[:-1]
    with pytest.raises(MethodError, match="absent in this year"):
        gravity(years, "m", **PLANE, by="year")


@pytest.mark.parametrize("seed", range(4))
def test_centralities_are_those_of_every_way_written_out(seed: int) -> None:
    rng = np.random.default_rng(seed)
    link = rng.random((6, 6)) < 0.3
    np.fill_diagonal(link, False)
    between, near = np.zeros(6), np.zeros(6)
    for s, t in permutations(range(6), 2):
        shortest = ways(link, s, t)
        for way in shortest:
            for v in way[1:-1]:
                between[v] += 1 / len(shortest)
    for s in range(6):
        far = [len(w[0]) - 1 for t in range(6) if t != s and (w := ways(link, s, t))]
        near[s] = len(far) ** 2 / (sum(far) * 5) if far else 0
    assert networks.betweenness(link) == pytest.approx(between / 20)
    assert networks.closeness(link) == pytest.approx(near)


def test_measures_of_a_whole_network_by_hand() -> None:
    link = np.zeros((5, 5), dtype=bool)
    for a, b in [(0, 1), (1, 2), (2, 1), (3, 4)]:
        link[a, b] = True
    found = networks.whole(link)
    assert found["density"] == pytest.approx(4 / 20)
    assert found["reciprocity"] == pytest.approx(2 / 4)
    assert found["connectedness"] == pytest.approx(4 / 10)
    assert found["hierarchy"] == pytest.approx(1 - 1 / 4)
    assert found["efficiency"] == pytest.approx(1.0)


def test_concor_finds_two_groups_that_only_talk_among_themselves() -> None:
    link = np.zeros((8, 8), dtype=bool)
    link[:4, :4], link[4:, 4:] = True, True
    np.fill_diagonal(link, False)
    link[0, 5] = True
    assert networks.concor(link.astype(float), 1).tolist() == [0] * 4 + [1] * 4
    i, j = np.nonzero(link)
    table = pl.DataFrame({"from": i.astype(str), "to": j.astype(str), "linked": [1] * i.size})
    found = network(table, depth=1)
    assert found.blocks["part"].to_list() == ["bilateral", "main_beneficiary"]
    assert found.image.filter(pl.col("from") != pl.col("to"))["linked"].to_list() == [False, False]
    assert found.nodes.filter(pl.col("node") == "5")["in"][0] == 4


def test_networks_are_measured_by_year_and_bad_lists_refused() -> None:
    table = pl.DataFrame({"from": ["a", "b", "c"] * 2, "to": ["b", "c", "a"] * 2, "linked": 1, "y": [1] * 3 + [2] * 3})
    assert network(table, by="y").frame["density"].to_list() == [0.5, 0.5]
    with pytest.raises(MethodError, match="twice in one year"):
        network(table)
    with pytest.raises(MethodError, match="linked with itself"):
        network({"from": ["a", "b", "c"], "to": ["a", "c", "b"], "linked": [1, 1, 1]})
    with pytest.raises(MethodError, match="no network"):
        network({"from": ["a"], "to": ["b"], "linked": [1]})
    with pytest.raises(MethodError, match="is empty"):
        network({"from": ["a", "b", None], "to": ["b", "c", "a"], "linked": [1, 1, 1]})


def test_qap_finds_what_is_there_and_its_fit_is_least_squares() -> None:
    rng = np.random.default_rng(5)
    one, two = rng.normal(size=(2, 15, 15))
    y = 0.5 * one + rng.normal(size=(15, 15))
    found = qap(y, {"one": one, "two": two}, draws=999)
    off = ~np.eye(15, dtype=bool)
    design = np.column_stack([np.ones(off.sum()), one[off], two[off]])
    beta = np.linalg.lstsq(design, y[off], rcond=None)[0]
    assert found.frame["coefficient"].to_list() == pytest.approx(beta[1:])
    assert found.frame["p"][0] < 0.01 < found.frame["p"][1]
    assert found.frame["correlation"][0] == pytest.approx(np.corrcoef(one[off], y[off])[0, 1])
    assert qap(y, {"one": one, "two": two}, draws=999).frame.equals(found.frame)


def test_qap_holds_its_level_for_links_of_nodes_that_differ() -> None:
    rng = np.random.default_rng(6)
    p = []
    for _ in range(60):
        y, x = (rng.normal(size=12)[:, None] + rng.normal(size=12) + rng.normal(size=(12, 12)) for _ in range(2))
        p.append(qap(y, {"x": x}, draws=99).frame["p"][0])
    assert np.mean(np.array(p) <= 0.05) < 0.16


def test_qap_refuses_matrices_that_say_nothing() -> None:
    y = np.random.default_rng(0).normal(size=(6, 6))
    with pytest.raises(MethodError, match="instead of 6"):
        qap(y, {"x": y[:5, :5]})
    with pytest.raises(MethodError, match="are equal"):
        qap(y, {"x": np.ones((6, 6))})
    with pytest.raises(MethodError, match="sums of each other"):
        qap(y, {"x": y.T, "z": 2 * y.T})
    with pytest.raises(MethodError, match="missing or infinite"):
        qap(y, {"x": np.where(np.arange(36).reshape(6, 6) == 1, np.nan, y)})


def test_measures_are_those_of_sna_and_networkx() -> None:
    """Of sna 2.7-2: gden, grecip (edgewise), connectedness, hierarchy (krackhardt), efficiency; and networkx 3.6."""
    link = np.zeros((6, 6), dtype=bool)
    for a, b in [(0, 1), (1, 2), (2, 0), (2, 3), (3, 2), (4, 3)]:
        link[a, b] = True
    found = networks.whole(link)
    assert found["density"] == pytest.approx(0.2)
    assert found["reciprocity"] == pytest.approx(1 / 3)
    assert found["connectedness"] == pytest.approx(2 / 3)
    assert found["hierarchy"] == pytest.approx(0.4)
    assert networks.whole(link, directed=True)["efficiency"] == pytest.approx(0.875)
    assert found["efficiency"] == pytest.approx(1 - (5 - 4) / (10 - 4))
    assert networks.betweenness(link) == pytest.approx([0.15, 0.1, 0.35, 0.15, 0, 0])
    assert networks.closeness(link) == pytest.approx([0.3, 0.36, 0.45, 0.3, 0.32, 0])  # of the reversed graph
