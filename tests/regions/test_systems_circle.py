"""A circle beside its parts: edges, autoregression, lags and responses by other ways of computing them."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.messages import speak
from nqpf.numerics.nickell import Sums, corrected
from nqpf.regions.systems.circle import circle
from nqpf.regions.systems.circle_draws import responses
from nqpf.regions.systems.coupling import coupling
from nqpf.regions.systems.lag_profile import lag_profile
from nqpf.regions.systems.lagged import Lagged, Vector, past_of
from nqpf.regions.systems.lead_lag import lead_lag

KEYS = {"unit": "unit", "time": "year"}
ABC = ["a", "b", "c"]


def cubes(years: int = 12, units: int = 24, effect: float = 0.4, seed: int = 3) -> np.ndarray:
    x = np.random.default_rng(seed).normal(size=(3, years, units))
    for t in range(1, years):
        x[:, t] += 0.3 * x[:, t - 1] + effect * np.roll(x[:, t - 1], 1, axis=0)
    return x


def table_of(x: np.ndarray) -> pl.DataFrame:
    t, n = np.indices(x.shape[1:])
    columns = {name: v.ravel() for name, v in zip(ABC, x, strict=True)}
    return pl.DataFrame({"unit": n.ravel(), "year": 2000 + t.ravel(), **columns})


def panel(**options: float) -> pl.DataFrame:
    return table_of(cubes(**options))  # type: ignore[arg-type]


def with_lags(table: pl.DataFrame, lags: int) -> pl.DataFrame:
    found = table
    for k in range(1, lags + 1):
        moved = table.with_columns(pl.col("year") + k).rename({c: f"{c}{k}" for c in ABC})
        found = found.join(moved, on=["unit", "year"])
    return found.sort("unit", "year")


def dummies_written_out(rows: pl.DataFrame, y: str, x: list[str]) -> np.ndarray:
    design = np.column_stack([rows.select(x).to_numpy(), rows.select("unit", "year").to_dummies(["unit", "year"])])
    return np.asarray(np.linalg.lstsq(design, rows[y].to_numpy(), rcond=None)[0][: len(x)])


def test_edges_are_those_of_the_tests_edge_by_edge_and_the_gain_is_their_product() -> None:
    table = panel()
    for given in ("all", "pair"):
        found = circle(table, ABC, **KEYS, given=given, draws=50)
        ring = lead_lag(table, **KEYS, circles={"r": ABC}, lags=2, given=given)
        forward = found.frame.filter(direction="forward")
        names = [c for c in ring.frame.columns if c not in ("leader", "follower")]
        assert forward.select(names).to_numpy() == pytest.approx(ring.frame.select(names).to_numpy(), abs=1e-9)
        turning = found.turning.row(0, named=True)
        assert turning["gain"] == pytest.approx(np.prod(ring.frame["standardised"].to_numpy()), abs=1e-12)
        assert (turning["turns"], turning["weakest"]) == ring.circles.select("turns", "weakest").row(0)
        back = lead_lag(table, **KEYS, circles={"r": ["a", "c", "b"]}, lags=2, given=given).frame["q"]
        assert found.frame.filter(direction="backward")["q"].to_list() == pytest.approx(back.to_list())


def test_an_edge_is_held_against_its_reverse() -> None:
    frame = circle(panel(units=40), ABC, **KEYS, lags=1, draws=200).frame
    size = {(a, b): s for a, b, s in frame.select("leader", "follower", "standardised").iter_rows()}
    for row in frame.iter_rows(named=True):
        a, b = row["leader"], row["follower"]
        assert row["over_reverse"] == pytest.approx(size[a, b] - size[b, a], abs=1e-12)
        assert row["over_reverse_low"] < row["over_reverse"] < row["over_reverse_high"]
    forward = frame.filter(direction="forward")
    assert (forward["over_reverse_low"] > 0).all()
    assert (forward["peak"] == 1).all()


def test_the_autoregression_and_the_profiles_are_regressions_with_dummies_written_out() -> None:
    table = panel().sample(fraction=0.93, seed=1)
    found = circle(table, ABC, **KEYS, lags=2, correction="none", reach=3, draws=20)
    rows = with_lags(table, 2)
    for follower in ABC:
        mine = found.coefficients.filter(follower=follower)
        names = [f"{a}{k}" for a, k in mine.select("leader", "lag").iter_rows()]
        expected = dummies_written_out(rows, follower, names)
        assert mine["estimate"].to_numpy() == pytest.approx(expected, abs=1e-10)
    profile = found.profile.filter(leader="a", follower="b")
    other = table.select("unit", "year", "b").rename({"b": "y"})
    for k in (1, 2, 3):  # rows need the leader's lags and the follower of the year, nothing else
        moved = table.select("unit", pl.col("year") + k, pl.col("a").alias(f"a{k}"))
        other = other.join(moved, on=["unit", "year"])
    expected = dummies_written_out(other, "y", ["a1", "a2", "a3"])
    assert profile["effect"].to_numpy() == pytest.approx(expected, abs=1e-10)
    assert profile["cumulated"].to_numpy() == pytest.approx(np.cumsum(expected), abs=1e-10)
    assert found.stability["rows"].item() == rows.height


def test_a_draw_is_the_panel_of_the_units_drawn() -> None:
    x = cubes(units=9)
    x[:, 4, 2] = np.nan
    weights = np.array([1.0, 0, 3, 1, 0, 1, 1, 2, 0])
    twice = x[:, :, np.repeat(np.arange(9), weights.astype(int))]

    def moments(z: np.ndarray) -> Lagged:
        return Lagged.of([v[2:] for v in z], [moved for v in z for moved in past_of(v, 2)], "abc", 3)

    drawn, good = Vector.of(moments(x).moments(), 2, weights[None], correct=True)
    whole, _ = Vector.of(moments(twice).moments(), 2, np.ones((1, 9)), correct=True)
    assert good.all()
    assert drawn.coefficients == pytest.approx(whole.coefficients, abs=1e-10)
    assert drawn.spread == pytest.approx(whole.spread, abs=1e-10)
    assert drawn.scale == pytest.approx(whole.scale, abs=1e-10)


def test_responses_are_the_shock_carried_on_by_hand() -> None:
    found = circle(panel(), ABC, **KEYS, lags=2, horizon=3, draws=20)
    by_lag = [np.zeros((3, 3)) for _ in range(2)]
    for follower, leader, lag, estimate in found.coefficients.select(
        "follower", "leader", "lag", "estimate"
    ).iter_rows():
        by_lag[lag - 1][ABC.index(follower), ABC.index(leader)] = estimate
    first = found.responses.filter(horizon=0)
    start = np.array([first.filter(response=r)["effect"].to_list() for r in ABC])
    assert start == pytest.approx(np.tril(start))  # within a year an earlier node moves a later one only
    one = by_lag[0] @ start
    two = by_lag[0] @ one + by_lag[1] @ start
    for horizon, expected in ((1, one), (2, two)):
        rows = found.responses.filter(horizon=horizon)
        got = np.array([rows.filter(response=r)["effect"].to_list() for r in ABC])
        assert got == pytest.approx(expected, abs=1e-12)
    assert (found.responses["low"] <= found.responses["high"]).all()


def test_shocks_that_cannot_be_told_apart_are_refused() -> None:
    same = np.ones((4, 2, 2))
    with pytest.raises(MethodError, match="cannot be told apart"):
        responses(Vector(np.zeros((4, 2, 2)), same, same), 1, 3)


def test_almons_polynomial_of_full_degree_is_no_constraint_and_of_degree_one_a_line() -> None:
    table = panel()
    free = lag_profile(table, "a", "b", **KEYS, reach=3, draws=50)
    full = lag_profile(table, "a", "b", **KEYS, reach=3, degree=2, draws=50)
    assert full.frame.select(pl.col(pl.Float64)).to_numpy() == pytest.approx(
        free.frame.select(pl.col(pl.Float64)).to_numpy(), abs=1e-9
    )
    assert full.summary["p"].item() == pytest.approx(free.summary["p"].item(), rel=1e-6)
    line = lag_profile(table, "a", "b", **KEYS, reach=4, degree=1, draws=50).frame["effect"].to_numpy()
    assert np.diff(line, n=2) == pytest.approx(0, abs=1e-12)
    now = lag_profile(table, "a", "b", **KEYS, reach=2, first=0, draws=50).frame
    assert now["lag"].to_list() == [0, 1, 2]
    assert now["peak_share"].sum() == pytest.approx(1)


def test_the_profile_finds_the_lag_and_what_it_comes_to() -> None:
    x = np.random.default_rng(4).normal(size=(3, 16, 40))
    x[1, 2:] += 0.6 * x[0, :-2] + 0.3 * x[0, 1:-1]
    found = lag_profile(table_of(x), "a", "b", **KEYS, reach=3)
    row = found.summary.row(0, named=True)
    assert row["peak"] == 2
    assert row["peak_share"] > 0.95
    assert row["cumulated_low"] < 0.9 < row["cumulated_high"]
    assert row["p"] < 1e-6
    assert [note.code for note in found.notes] == ["lag_profile_given"]


def test_order_of_rows_and_units_of_measurement_do_not_matter() -> None:
    table = panel()
    one = circle(table, ABC, **KEYS, draws=40)
    mixed = table.sample(fraction=1.0, shuffle=True, seed=2).with_columns(pl.col("a") * 1000, pl.col("b") / 50)
    other = circle(mixed, ABC, **KEYS, draws=40)
    for name in ("t", "q", "standardised", "standardised_low", "standardised_high", "over_reverse_low", "peak_share"):
        assert other.frame[name].to_list() == pytest.approx(one.frame[name].to_list(), rel=1e-7)
    numbers = pl.col("gain", "gain_low", "gain_high", "all_positive")
    assert other.turning.select(numbers).to_numpy() == pytest.approx(one.turning.select(numbers).to_numpy(), rel=1e-7)
    assert other.stability.row(0) == pytest.approx(one.stability.row(0), rel=1e-7)


def test_the_seed_decides_the_draws() -> None:
    table = panel()
    first, again, other = (circle(table, ABC, **KEYS, draws=30, seed=seed) for seed in (1, 1, 2))
    assert first.turning.equals(again.turning)
    assert first.responses.equals(again.responses)
    assert not first.responses["low"].equals(other.responses["low"])
    assert first.responses["effect"].equals(other.responses["effect"])


def test_coupling_stands_beside_and_never_says_that_it_turns() -> None:
    x = cubes(effect=0.0)
    x = (x - x.min()) / np.ptp(x)
    near = circle(table_of(x), ABC, **KEYS, draws=20)
    assert near.coupling.result is not None
    assert near.coupling.result.frame.equals(coupling(table_of(x), ABC, **KEYS).frame)
    assert near.turning["turns"][0] == "not_shown"
    texts = {note.code: note.text() for note in near.notes}
    assert "never says that the circle turns" in texts["circle_coupling"].en
    beyond = circle(panel(), ABC, **KEYS, draws=20)
    assert beyond.coupling.result is None
    note = next(n for n in beyond.notes if n.code == "circle_no_coupling")
    assert "not between 0 and 1" in note.text().en
    assert "不在 0 与 1 之间" in note.text().zh


def test_edges_that_run_both_ways_are_named_where_profiles_are_biased() -> None:
    x = np.random.default_rng(3).normal(size=(3, 16, 40))
    for t in range(1, 16):
        x[0, t] += 0.5 * x[1, t - 1]
        x[1, t] += 0.5 * x[0, t - 1]
    found = circle(table_of(x), ["a", "b"], **KEYS, lags=1, draws=30)
    assert found.turning["direction"].to_list() == ["forward"]  # of two nodes there is one way round
    note = next(n for n in found.notes if n.code == "circle_feedback")
    assert "a → b" in note.text().en
    assert "lag_profile_given" not in {n.code for n in found.notes}


def test_a_circle_that_does_not_fade_is_remarked() -> None:
    x = np.random.default_rng(0).normal(size=(3, 14, 30))
    for t in range(1, 14):
        x[:, t] += 0.55 * x[:, t - 1] + 0.55 * np.roll(x[:, t - 1], 1, axis=0)
    found = circle(table_of(x), ABC, **KEYS, lags=1, draws=20)
    assert found.stability["root"].item() > 1
    assert any("not below 1" in note.text().en for note in found.notes)


def test_what_cannot_be_looked_at_is_refused_by_name() -> None:
    table = panel()
    for nodes in (["a"], ["a", "b", "a"]):
        with pytest.raises(SpecError, match="fewer than two nodes"):
            circle(table, nodes, **KEYS)
    with pytest.raises(SpecError, match="0 to 3"):
        circle(table, ABC, **KEYS, degree=4)
    with pytest.raises(SpecError, match="whole number of 1 or more"):
        circle(table, ABC, **KEYS, reach=0)
    with pytest.raises(SpecError, match="whole number of 1 or more"):
        circle(table, ABC, **KEYS, horizon=0)
    with pytest.raises(SpecError, match="given"):
        circle(table, ABC, **KEYS, given="some")  # type: ignore[arg-type]
    with pytest.raises(MethodError, match="lags of a → b cannot be estimated") as caught:
        circle(table, ABC, **KEYS, reach=11, draws=20)
    with speak("zh"):
        assert "reach=" in str(caught.value)
    with pytest.raises(MethodError, match="lags of a → b cannot be estimated"):
        circle(table, ABC, **KEYS, reach=20, draws=20)
    with pytest.raises(DataError, match="unit 0, year 2000"):
        circle(pl.concat([table, table.head(1)]), ABC, **KEYS)
    with pytest.raises(MethodError, match="nothing varies in the lags of “a”"):
        circle(table.with_columns(a=pl.col("unit") * 1.0), ABC, **KEYS)
    with pytest.raises(MethodError, match="nothing varies in the lags of “a”"):
        lag_profile(table.with_columns(a=pl.col("unit") * 1.0), "a", "b", **KEYS)
    moved = table.join(table.select("unit", pl.col("year") + 1, later="a"), on=["unit", "year"])
    with pytest.raises(MethodError, match="follows from the lags without an error"):
        lag_profile(moved, "a", "later", **KEYS)
    with pytest.raises(SpecError, match="not a pair"):
        lag_profile(table, "a", "a", **KEYS)


def simulated(a: np.ndarray, years: int, units: int, panels: int, seed: int) -> np.ndarray:
    """Return panels of an autoregression of one lag ``float64[panels, years, units, M]``."""
    rng = np.random.default_rng(seed)
    x, seen = np.zeros((panels, units, len(a))), []
    for t in range(30 + years):
        x = x @ a.T + rng.normal(size=x.shape)
        if t >= 30:
            seen.append(x)
    return np.stack(seen, axis=1)


def test_the_correction_takes_most_of_the_bias_of_all_coefficients() -> None:
    a = np.array([[0.5, 0.0, 0.3], [0.3, 0.5, 0.0], [0.0, 0.3, 0.5]])
    panels, years, units = 150, 12, 31
    x = simulated(a, years, units, panels, 5)

    def within(v: np.ndarray) -> np.ndarray:
        v = v - v.mean(axis=1, keepdims=True)
        return np.asarray((v - v.mean(axis=2, keepdims=True)).reshape(panels, -1, 3))

    before, now = within(x[:, :-1]), within(x[:, 1:])
    gaps = np.array([units * (years - 1 - d) / (years - 1) for d in range(1, years - 1)])
    turned = before.swapaxes(1, 2)
    sums = Sums(
        turned @ before,
        turned @ now,
        now.swapaxes(1, 2) @ now,
        np.tile(gaps, (panels, 1)),
        np.full(panels, units * (years - 2.0)),
    )
    plain, better = (found.mean(axis=0).T - a for found in (sums.plain(), corrected(sums, 1)))
    assert np.abs(plain).max() > 0.1
    assert np.abs(better).max() < 0.3 * np.abs(plain).max()


@pytest.mark.slow
def test_edges_gain_and_responses_cover_the_truth_as_often_as_they_say() -> None:
    """A hundred panels of 31 × 12: edges that are not there are shown about once in twenty times."""
    a = np.array([[0.4, 0.0, 0.3], [0.3, 0.4, 0.0], [0.0, 0.3, 0.4]])
    x = simulated(a, 12, 31, 100, 8)
    false, gain, path, turns = [], [], [], []
    for one in x:
        found = circle(table_of(np.moveaxis(one, 2, 0)), ABC, **KEYS, lags=1, draws=199)
        false.append((found.frame.filter(direction="backward")["p"] < 0.05).mean())
        row = found.turning.row(0, named=True)
        turns.append(row["turns"] == "shown")
        gain.append(row["gain_low"] <= 0.027 <= row["gain_high"])
        rows = found.responses.filter(pl.col("horizon") == 2)
        truth = a @ a
        path.append(
            np.mean(
                [
                    low <= truth[ABC.index(r), ABC.index(s)] <= high
                    for s, r, low, high in rows.select("shock", "response", "low", "high").iter_rows()
                ]
            )
        )
    assert np.mean(false) < 0.09
    assert np.mean(turns) > 0.9
    assert np.mean(gain) > 0.85
    assert np.mean(path) > 0.85
