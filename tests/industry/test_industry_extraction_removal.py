"""Closed forms of extraction and of cuts against systems that are solved anew, on random tables."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nqpf.industry.input_output.cut import cut, cuts
from nqpf.industry.input_output.extraction import extraction
from nqpf.industry.input_output.table import IOTable


def random_table(seed: int, n: int, regions: int = 1, idle: bool = False) -> IOTable:
    """Return a productive table of `regions` × `n` sectors; with `idle`, one sector has no output and no deliveries."""
    rng = np.random.default_rng(seed)
    size = n * regions
    a = rng.random((size, size)) * (rng.random((size, size)) < 0.7)
    a *= rng.uniform(0.1, 0.9, size) / np.maximum(a.sum(axis=0), 1e-9)
    y = rng.gamma(1.0, 100.0, (size, regions))
    if idle:
        a[:, -1], a[-1], y[-1] = 0.0, 0.0, 0.0
    x = np.linalg.solve(np.eye(size) - a, y.sum(axis=1))
    names = tuple(f"r{r}" if regions > 1 else "" for r in range(regions) for _ in range(n))
    sectors = tuple(f"s{s}" for s in range(n)) * regions
    finals = tuple(f"r{r}|use" if regions > 1 else "use" for r in range(regions))
    return IOTable(sectors, a * x, y, x, names, finals, np.zeros((0, size)))


def solved_anew(table: IOTable, members: list[int], how: dict[str, object]) -> np.ndarray:
    """Return losses by building what is left and solving it, without any closed form."""
    mode, model, share = how["mode"], how["model"], float(how["share"])  # type: ignore[arg-type]
    ghosh = model == "ghosh" or (model == "standard" and mode == "forward")
    x = table.output
    safe = np.where(x > 0, x, 1.0)
    c = table.flows / safe[:, None] if ghosh else table.flows / safe
    left = c.copy()
    inside = np.ix_(members, members)
    if mode in ("total", "forward"):
        left[members] = (1 - share) * c[members]
    if mode in ("total", "backward"):
        left[:, members] = (1 - share) * c[:, members]
    left[inside] = c[inside] if how["own"] == "kept" else (1 - share) * c[inside]
    outer = x - x @ c if ghosh else x - c @ x
    kept = how["final"] == "kept" or (how["final"] == "standard" and mode != "total")
    if not kept:
        outer[members] *= 1 - share
    system = np.eye(x.size) - left
    return x - np.linalg.solve(system.T if ghosh else system, outer)


EVERY = [
    dict(zip(("mode", "model", "final", "own", "share"), choice, strict=True))
    for choice in itertools.product(
        ("total", "backward", "forward"),
        ("standard", "leontief", "ghosh"),
        ("standard", "cut", "kept"),
        ("cut", "kept"),
        (1.0, 0.35),
    )
]


@pytest.mark.parametrize("how", EVERY, ids=["-".join(str(v) for v in how.values()) for how in EVERY])
def test_every_single_extraction_equals_a_system_solved_anew(how: dict[str, object]) -> None:
    table = random_table(1, 7, idle=True)
    found = extraction(table, **how)  # type: ignore[arg-type]
    for i in range(7):
        np.testing.assert_allclose(found.losses[i], solved_anew(table, [i], how), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("how", EVERY, ids=["-".join(str(v) for v in how.values()) for how in EVERY])
def test_every_group_equals_a_system_solved_anew(how: dict[str, object]) -> None:
    table = random_table(2, 6)
    groups = {"pair": [0, 3], "three": [1, 2, 5], "pair too": [4, 5], "all": list(range(6))}
    named = {name: [table.labels[i] for i in members] for name, members in groups.items()}
    found = extraction(table, groups=named, **how)  # type: ignore[arg-type]
    for g, members in enumerate(groups.values()):
        np.testing.assert_allclose(found.losses[g], solved_anew(table, members, how), rtol=1e-9, atol=1e-9)


@given(seed=st.integers(0, 10_000), n=st.integers(2, 12))
def test_formulas_of_single_sectors(seed: int, n: int) -> None:
    table = random_table(seed, n)
    inverse, x = table.inverse, table.output
    diagonal, columns = np.diag(inverse), inverse.sum(axis=0)
    total = extraction(table).frame
    np.testing.assert_allclose(total["loss_outside"], x * (columns - diagonal) / diagonal, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(total["loss_own"], x, rtol=1e-9)
    np.testing.assert_allclose(total["loss"], total["loss_own"] + total["loss_outside"], rtol=1e-12)
    back = extraction(table, mode="backward").frame
    np.testing.assert_allclose(back["loss"], x * (columns - 1) / diagonal, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(back["loss_outside"], total["loss_outside"], rtol=1e-9, atol=1e-9)
    ahead = extraction(table, mode="forward").frame
    np.testing.assert_allclose(ahead["loss"], (inverse @ x - x) / diagonal, rtol=1e-9, atol=1e-9)


@given(seed=st.integers(0, 10_000), unit=st.sampled_from([1e-4, 7.0, 1e6]))
def test_unit_of_money_and_order_of_sectors_do_not_matter(seed: int, unit: float) -> None:
    table = random_table(seed, 6)
    order = np.random.default_rng(seed).permutation(6)
    other = IOTable(
        tuple(table.sectors[i] for i in order),
        unit * table.flows[np.ix_(order, order)],
        unit * table.final[order],
        unit * table.output[order],
        table.regions,
        table.finals,
        np.zeros((0, 6)),
    )
    one, two = extraction(table).frame, extraction(other).frame
    joined = one.join(two, on="sector", suffix="_other")
    np.testing.assert_allclose(joined["loss_other"], unit * joined["loss"], rtol=1e-9)
    np.testing.assert_allclose(joined["outside_per_unit_other"], joined["outside_per_unit"], rtol=1e-9)


@given(seed=st.integers(0, 10_000))
def test_more_is_lost_with_more_taken_away(seed: int) -> None:
    table = random_table(seed, 5)
    parts = [extraction(table, share=s).frame["loss"].to_numpy() for s in (0.2, 0.6, 1.0)]
    assert (np.diff(parts, axis=0) >= -1e-9).all()
    pair = extraction(table, groups={"pair": ["s0", "s1"]}).frame["loss"][0]
    singles = extraction(table, sectors=["s0", "s1"]).frame["loss"]
    assert singles.max() <= pair + 1e-9
    assert pair <= table.output.sum() * (1 + 1e-9)


@pytest.mark.parametrize("model", ["leontief", "ghosh"])
@pytest.mark.parametrize(("supplier", "users"), [("r0", "r1"), ("r0|s1", "all"), ("s0", ["r1|s1", "r2|s0"])])
@pytest.mark.parametrize("share", [1.0, 0.4])
def test_a_cut_equals_a_system_solved_anew(model: str, supplier: str, users: str | list[str], share: float) -> None:
    table = random_table(5, 3, regions=3)
    found = cut(table, supplier=supplier, users=users, share=share, model=model)  # type: ignore[arg-type]
    chosen = [users] if isinstance(users, str) else users

    def meant(i: int, names: list[str]) -> bool:
        return bool({table.labels[i], table.regions[i], table.sectors[i], "all"} & set(names))

    rows = [i for i in range(9) if meant(i, [supplier])]
    columns = [i for i in range(9) if meant(i, chosen)]
    left = table.flows.copy()
    left[np.ix_(rows, columns)] *= 1 - share
    x = table.output
    if model == "leontief":
        expected = x - np.linalg.solve(np.eye(9) - left / x, x - table.flows.sum(axis=1))
    else:
        expected = x - np.linalg.solve((np.eye(9) - left / x[:, None]).T, x - table.flows.sum(axis=0))
    np.testing.assert_allclose(found.frame["loss"], expected, rtol=1e-9, atol=1e-9)
    one = found.summary.row(0, named=True)
    assert one["loss"] == pytest.approx(expected.sum())
    assert one["loss"] == pytest.approx(one["loss_supplier"] + one["loss_users"] + one["loss_others"])
    assert one["delivered"] == pytest.approx(share * table.flows[np.ix_(rows, columns)].sum())


def test_all_cuts_are_the_single_ones() -> None:
    table = random_table(6, 3, regions=4)
    several = cuts(table, users="r2").frame
    assert several["supplier"].to_list() == ["r0", "r1", "r3"]
    for row in several.iter_rows(named=True):
        single = cut(table, supplier=row["supplier"], users="r2").summary.row(0, named=True)
        assert {key: row[key] for key in single} == pytest.approx(single)
    assert sorted(several["rank"]) == [1, 2, 3]
    assert several.sort("rank")["loss"].is_sorted(descending=True)
