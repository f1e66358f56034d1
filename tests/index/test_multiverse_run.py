"""Running: every run is the index of its recipe; what fails is counted; nothing hangs on how many workers there are."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import joblib
import numpy as np
import pytest

from nqpf.data import Panel
from nqpf.errors import MethodError, SpecError
from nqpf.index import Aggregate, Framework, Normalise, Recipe, Weight, build, leave_one_out
from nqpf.index.multiverse import Multiverse, multiverse, work

TREE = {"D1": {"x": "benefit", "y": "cost", "w": "benefit"}, "D2": {"z": "benefit", "v": "benefit"}}
NORMALISE = [Normalise(range=(1, 100)), Normalise(method="zscore", mean=100, sd=10), Normalise(method="rank")]
WEIGHT = [Weight(), Weight(method="entropy"), Weight(method="cv")]
AGGREGATE = [Aggregate(), Aggregate(method="geometric")]
VARY = {"normalise": NORMALISE, "weight": WEIGHT, "aggregate": AGGREGATE}


@pytest.fixture(scope="module")
def framework(grow: Any) -> Framework:
    return grow(TREE)


@pytest.fixture(scope="module")
def panel(fill: Any) -> Panel:
    values = np.random.default_rng(1).lognormal(0, 0.5, (5, 3, 9))
    return fill(dict(zip(("x", "y", "w", "z", "v"), values, strict=True)))


@pytest.fixture(scope="module")
def found(panel: Panel, framework: Framework) -> Multiverse:
    return multiverse(panel, framework, vary=VARY, period="all")


def test_the_baseline_is_the_index(found: Multiverse, panel: Panel, framework: Framework) -> None:
    index = build(panel, framework)
    np.testing.assert_array_equal(found.baseline_scores, index.scores[:, :, -1])
    np.testing.assert_array_equal(found.baseline_ranks, index.ranks[:, :, -1])


def test_every_run_is_the_index_of_its_recipe(found: Multiverse, panel: Panel, framework: Framework) -> None:
    assert len(found) == 18
    assert set(found.status) == {"ok"}
    for run, (n, w, a) in enumerate(product(NORMALISE, WEIGHT, AGGREGATE)):
        index = build(panel, framework, Recipe(normalise=n, weight=w, aggregate=a))
        np.testing.assert_allclose(found.scores[run], index.scores[:, :, -1], rtol=1e-12)
        np.testing.assert_array_equal(found.ranks[run], index.ranks[:, :, -1])


def test_the_frames_tell_of_every_run(found: Multiverse) -> None:
    frame = found.to_frame()
    assert frame.height == 18 * 3 * 9
    row = frame.row(5 * 27 + 1 * 9 + 4, named=True)
    assert (row["run"], row["unit"], row["period"]) == (6, "E", 2021)
    assert row["score"] == found.scores[5, 1, 4]
    design = found.design_frame()
    assert design.row(5, named=True) == {
        "run": 6,
        "status": "ok",
        "normalise": "minmax range=[1, 100]",
        "weight": "cv",
        "aggregate": "geometric",
        "normalise_position": 1,
        "weight_position": 3,
        "aggregate_position": 2,
    }


def test_a_design_can_be_run_again_from_its_frame(found: Multiverse, panel: Panel, framework: Framework) -> None:
    rows = found.design_frame().sort("run", descending=True)
    again = multiverse(panel, framework, vary=VARY, design=rows, period="all")
    np.testing.assert_array_equal(again.scores, found.scores[::-1])


def test_years(found: Multiverse, panel: Panel, framework: Framework) -> None:
    last = multiverse(panel, framework, vary=VARY)
    some = multiverse(panel, framework, vary=VARY, period=[2022, 2020])
    assert (last.periods, some.periods) == ((2022,), (2022, 2020))
    np.testing.assert_array_equal(last.scores, found.scores[:, 2:])
    np.testing.assert_array_equal(some.scores, found.scores[:, [2, 0]])


def test_leaving_out_is_that_of_leave_one_out(panel: Panel, framework: Framework) -> None:
    ones = leave_one_out(build(panel, framework)).ranks
    found = multiverse(panel, framework, vary={"leave_out": "all"}, period="all")
    np.testing.assert_array_equal(found.ranks[0], found.baseline_ranks)
    np.testing.assert_array_equal(found.ranks[1:], ones)


def test_panels_are_built_each_on_its_own(panel: Panel, framework: Framework) -> None:
    other = replace(panel, values=panel.values * np.random.default_rng(2).uniform(0.9, 1.1, panel.values.shape))
    found = multiverse(panel, framework, vary={"panel": {"a": panel, "b": other}, "weight": ["equal", "entropy"]})
    for run, (one, how) in enumerate(product((panel, other), (WEIGHT[0], WEIGHT[1]))):
        np.testing.assert_array_equal(found.scores[run], build(one, framework, Recipe(weight=how)).scores[2:, :, -1])


def test_noise_changes_weights_only_and_the_same_way_for_every_recipe(panel: Panel, framework: Framework) -> None:
    vary = {"normalise": NORMALISE[:2], "weights_noise": {"kind": "dirichlet", "draws": 5}}
    one, again = (multiverse(panel, framework, vary=vary, seed=s) for s in (1, 1))
    other = multiverse(panel, framework, vary=vary, seed=2)
    np.testing.assert_array_equal(one.scores, again.scores)
    assert (one.scores != other.scores).any()
    # An arithmetic mean of min-max scores is linear in the weights: equal draws give equal weights.
    wide = multiverse(panel, framework, vary=vary | {"normalise": [Normalise(), Normalise(range=(1, 100))]}, seed=1)
    np.testing.assert_allclose(wide.scores[5:], 1 + 99 * wide.scores[:5], rtol=1e-12)


def test_rows_that_are_alike_run_once(panel: Panel, framework: Framework) -> None:
    found = multiverse(panel, framework, vary=VARY, design="sobol", n=64, seed=1)
    assert len(found) == 64 * 5
    assert len(found.run_scores) <= 18
    design = found.design_frame()
    alike = design.with_row_index().filter(normalise="rank", weight="equal", aggregate="arithmetic")["index"]
    assert len(np.unique(found.scores[alike.to_numpy()], axis=0)) == 1
    assert design["block"].unique(maintain_order=True).to_list() == ["A", "B", "AB1", "AB2", "AB3"]


@pytest.mark.slow
@pytest.mark.parametrize("design", ["factorial", "sobol", "montecarlo"])
@pytest.mark.parametrize("workers", [2, 4])
def test_the_same_bytes_with_any_number_of_workers(
    panel: Panel, framework: Framework, design: str, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "CHUNK", 7)
    vary = VARY | {"weights_noise": {"kind": "uniform", "draws": 3}}
    n = None if design == "factorial" else 32
    one, many = (
        multiverse(panel, framework, vary=vary, design=design, n=n, seed=4, workers=w, period="all")
        for w in (1, workers)
    )
    assert many.scores.tobytes() == one.scores.tobytes()
    assert many.ranks.tobytes() == one.ranks.tobytes()
    assert many.shares(draws=20).equals(one.shares(draws=20))


@pytest.mark.cluster
def test_the_same_bytes_on_dask(panel: Panel, framework: Framework, found: Multiverse) -> None:
    distributed = pytest.importorskip("distributed", reason="Dask is not installed (extra dask)")
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster),
        joblib.parallel_config(backend="dask"),
    ):
        there = multiverse(panel, framework, vary=VARY, period="all")
    assert there.scores.tobytes() == found.scores.tobytes()


@pytest.mark.cluster
def test_the_same_bytes_on_ray(
    panel: Panel, framework: Framework, found: Multiverse, monkeypatch: pytest.MonkeyPatch
) -> None:
    ray = pytest.importorskip("ray", reason="Ray is not installed (extra ray)")
    from ray.util.joblib import register_ray

    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    try:
        register_ray()
        with joblib.parallel_config(backend="ray"):
            there = multiverse(panel, framework, vary=VARY, period="all")
    finally:
        ray.shutdown()
    assert there.scores.tobytes() == found.scores.tobytes()


def test_combinations_that_cannot_be_built_are_counted_and_shown(panel: Panel, framework: Framework) -> None:
    vary = {"normalise": [Normalise(), Normalise(range=(1, 100))], "aggregate": AGGREGATE, "weight": ["equal", "cv"]}
    found = multiverse(panel, framework, vary=vary)
    assert found.status == ["ok", "ok", "refused", "refused", "ok", "ok", "ok", "ok"]
    assert np.isnan(found.ranks[2:4]).all()
    assert not np.isnan(found.ranks[4:]).any()
    assert [note.code for note in found.notes] == ["multiverse_failed"]
    assert str(found.notes[0]).startswith("2 of 8 different combinations could not be computed")
    failed = found.failures_frame()
    assert failed["run"].to_list() == [3, 4]
    assert failed["status"].unique().to_list() == ["refused"]
    assert "“D1” is aggregated by geometric, but minmax gives the worst value the score 0" in failed["reason_en"][0]
    assert "不是正数" in failed["reason_zh"][0]
    assert found.intervals()["runs"].unique().to_list() == [6]


def test_combinations_that_cannot_be_built_can_stop_the_design(panel: Panel, framework: Framework) -> None:
    vary = {"normalise": [Normalise(), Normalise(range=(1, 100))], "aggregate": AGGREGATE}
    with pytest.raises(SpecError, match=r"1 of 4 combinations cannot be built, such as normalise: minmax.*geometric"):
        multiverse(panel, framework, vary=vary, invalid="refuse")


def test_an_alternative_that_fits_nothing_is_refused(panel: Panel, framework: Framework) -> None:
    vary = {"normalise": [Normalise(), Normalise(range=(1, 100))], "weight": ["equal", "entropy"]}
    recipe = Recipe(normalise=Normalise(range=(1, 100)), aggregate=Aggregate(method="geometric"))
    with pytest.raises(SpecError, match="“minmax” of “normalise” fits no combination of the others") as caught:
        multiverse(panel, framework, recipe, vary=vary)
    assert caught.value.where.key == "vary.normalise.0"
    vary = {"normalise.method": ["minmax", "rank"], "normalise.range": [[1, 100], [1, 10]]}
    with pytest.raises(SpecError, match=r"“rank” of “normalise\.method” fits no combination"):
        multiverse(panel, framework, vary=vary)


def test_a_run_that_fails_keeps_its_row_and_its_reason(fill: Any, framework: Framework) -> None:
    values = np.random.default_rng(1).lognormal(0, 0.5, (5, 3, 9))
    values[3, :, :] = 2.0  # z does not vary
    panel = fill(dict(zip(("x", "y", "w", "z", "v"), values, strict=True)))
    lenient, strict = Normalise(on_constant="middle"), Normalise(method="zscore")
    found = multiverse(
        panel, framework, Recipe(normalise=lenient), vary={"normalise": [lenient, strict], "weight": ["equal", "sd"]}
    )
    assert found.status == ["ok", "ok", "failed", "failed"]
    assert set(found.failures_frame()["status"]) == {"failed"}
    assert "z" in found.failures_frame()["reason_en"][0]
    assert found.shares()["slot"].unique().sort().to_list() == ["normalise", "normalise × weight", "weight"]


def test_the_baseline_must_run(fill: Any, framework: Framework) -> None:
    values = np.random.default_rng(1).lognormal(0, 0.5, (5, 3, 9))
    values[3, :, :] = 2.0
    panel = fill(dict(zip(("x", "y", "w", "z", "v"), values, strict=True)))
    with pytest.raises(MethodError) as caught:
        multiverse(panel, framework, vary={"weight": ["equal", "sd"]})
    assert caught.value.where.indicator == "z"


def test_units_that_some_runs_do_not_score_are_told_of(fill: Any, framework: Framework) -> None:
    values = np.random.default_rng(1).lognormal(0, 0.5, (5, 2, 6))
    values[:3, :, 5] = np.nan
    panel = fill(dict(zip(("x", "y", "w", "z", "v"), values, strict=True)))
    recipe = Recipe(availability=0.3)
    found = multiverse(panel, framework, recipe, vary={"availability": [0.3, 0.8], "weight": ["equal", "sd"]})
    assert [note.code for note in found.notes] == ["multiverse_fewer_units"]
    row = found.intervals().filter(unit="F").row(0, named=True)
    assert (row["runs"], row["rank"] is not None) == (2, True)
    assert found.intervals().filter(unit="A")["runs"].item() == 4


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"period": 2031}, "There are no data for 2031"),
        ({"seed": -1}, "The seed is -1"),
        ({"workers": 0}, "There cannot be 0 workers"),
        ({"design": "grid"}, "“grid” is not one of the choices"),
    ],
)
def test_what_is_asked_wrongly(panel: Panel, framework: Framework, options: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        multiverse(panel, framework, vary={"weight": ["equal", "cv"]}, **options)


def test_small_and_uneven_samples_are_remarked_on(panel: Panel, framework: Framework) -> None:
    few = multiverse(panel, framework, vary=VARY, design="sobol", n=48)
    assert [note.code for note in few.notes] == ["sobol_not_power", "multiverse_few_runs"]
    assert multiverse(panel, framework, vary=VARY, design="sobol", n=128).notes == ()


def test_progress_counts_groups_of_runs(panel: Panel, framework: Framework, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "CHUNK", 5)
    told: list[tuple[int, int]] = []
    multiverse(panel, framework, vary=VARY, progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
