"""Weights from the scores: every method on numbers worked out by hand or another way, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from math import log, sqrt
from typing import Any, get_args

import numpy as np
import polars as pl
import pytest

from nqpf.errors import DataError, MethodError, NqpfError, SpecError
from nqpf.index.options.weight import DATA_DRIVEN, Weight
from nqpf.index.weights import (
    KERNELS,
    correlation_weights,
    critic_weights,
    cv_weights,
    entropy,
    entropy_weights,
    gini_weights,
    independence_weights,
    merec_weights,
    pca_weights,
    scatter_weights,
    sd_weights,
)
from nqpf.index.weights.moments import correlations, mean_and_sd, products
from nqpf.index.weights.pca import varimax
from nqpf.index.weights.scatter import best_direction
from nqpf.messages import speak

Table = dict[str, list[float]]

A, B, C = [0.0, 0.5, 1.0], [0.0, 0.6, 1.0], [1.0, 0.0, 0.4]
NAN = float("nan")


def weights(result: Any) -> list[float]:
    found = result.frame["weight"].to_list()
    assert sum(found) == pytest.approx(1)
    return found  # type: ignore[no-any-return]


def related(rows: int, columns: int, seed: int = 3, common: float = 1.0) -> Table:
    """Return columns that share a factor."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, columns)) + common * rng.normal(size=(rows, 1))
    return {f"c{k}": x[:, k].tolist() for k in range(columns)}


def as_array(table: Table) -> Any:
    return np.array(list(table.values())).T


# Entropy


def test_entropy_takes_zeros_as_they_are_and_counts_rows() -> None:
    found = entropy_weights({"a": [0, 1, 1, 2], "b": [0, 0, 0, 1]}, ["a", "b"]).frame
    np.testing.assert_allclose(found["entropy"], [0.75, 0], atol=1e-15)
    np.testing.assert_allclose(found["weight"], [0.2, 0.8], atol=1e-15)


def test_entropy_over_more_rows_than_a_block() -> None:
    rng = np.random.default_rng(0)
    x = rng.random((5000, 40))
    x[rng.random(x.shape) < 0.1] = 0.0
    p = x / x.sum(axis=0)
    logs = np.log(p, out=np.zeros_like(p), where=p > 0)
    expected = -(p * logs).sum(axis=0) / log(5000)
    np.testing.assert_allclose(entropy(x).entropy, expected, rtol=0, atol=1e-13)
    np.testing.assert_allclose(entropy(np.asfortranarray(x)).entropy, expected, rtol=0, atol=1e-13)
    x[3, 7] = NAN
    q = np.delete(x[:, 7], 3)
    q = q[q > 0] / q.sum()
    assert entropy(x).entropy[7] == pytest.approx(-(q * np.log(q)).sum() / log(4999), abs=1e-13)


def test_a_column_that_does_not_vary_weighs_exactly_nothing_under_entropy() -> None:
    table = {"a": [0.1, 0.5, 0.7], "f": [0.1 + 0.2, 0.3, 0.3]}
    for variant in ("shannon", "blended"):
        assert weights(entropy_weights(table, ["a", "f"], variant=variant)) == [1.0, 0.0]  # type: ignore[arg-type]


def test_blended_entropy_weights_by_hand() -> None:
    # Entropies .75 and e: shares 1/3 and 2/3 of two values in four rows.
    e = (log(3) / 3 + 2 / 3 * log(1.5)) / log(4)
    mean = (0.75 + e) / 2
    shannon, inverse = 0.25 / (0.25 + 1 - e), (1 / 0.75) / (1 / 0.75 + 1 / e)
    found = weights(entropy_weights({"a": [0, 1, 1, 2], "b": [0, 1, 0, 2]}, ["a", "b"], variant="blended"))
    assert found[0] == pytest.approx((1 - mean) * shannon + mean * inverse, abs=1e-14)


def test_blended_softens_what_shannon_exaggerates() -> None:
    table = {"a": [100.0, 101, 102], "b": [100.0, 102, 104], "c": [100.0, 103, 106]}
    plain, soft = (np.array(weights(entropy_weights(table, list(table), variant=v))) for v in ("shannon", "blended"))  # type: ignore[arg-type]
    assert plain.max() / plain.min() > 8
    assert soft.max() / soft.min() < 1.01
    assert (np.argsort(plain) == np.argsort(soft)).all()


def test_a_shift_moves_entropy_weights_towards_equality() -> None:
    table = {"a": [0.0, 0.5, 1.0], "b": [0.0, 0.1, 1.0]}
    heavy = [weights(entropy_weights(table, ["a", "b"], shift=s))[1] for s in (0.0, 0.01, 1.0)]
    assert heavy[0] > heavy[1] > heavy[2] > 0.5
    by_hand = entropy_weights({k: [x + 0.01 for x in v] for k, v in table.items()}, ["a", "b"])
    assert heavy[1] == pytest.approx(weights(by_hand)[1], abs=1e-15)


# CRITIC, coefficient of variation, standard deviation, Gini


def test_critic_by_hand() -> None:
    def r(x: list[float], y: list[float]) -> float:
        p, q = np.array(x) - np.mean(x), np.array(y) - np.mean(y)
        return float((p * q).sum() / sqrt((p * p).sum() * (q * q).sum()))

    def s(x: list[float]) -> float:
        return sqrt(sum((v - sum(x) / 3) ** 2 for v in x) / 2)

    conflict = [2 - r(A, B) - r(A, C), 2 - r(A, B) - r(B, C), 2 - r(A, C) - r(B, C)]
    raw = [s(x) * c for x, c in zip((A, B, C), conflict, strict=True)]
    found = critic_weights({"a": A, "b": B, "c": C}, ["a", "b", "c"]).frame
    np.testing.assert_allclose(found["contrast"], [s(A), s(B), s(C)], atol=1e-15)
    np.testing.assert_allclose(found["conflict"], conflict, atol=1e-15)
    np.testing.assert_allclose(found["weight"], np.array(raw) / sum(raw), atol=1e-15)


def test_critic_options() -> None:
    table = {"a": [1.0, 2, 3, 4], "b": [4.0, 3, 2, 1], "c": [1.0, 2, 8, 3]}
    absolute = critic_weights(table, ["a", "b", "c"], conflict="absolute").frame
    assert absolute["conflict"][0] == pytest.approx(absolute["conflict"][1], abs=1e-12)  # opposites say the same
    assert critic_weights(table, ["a", "b", "c"]).frame["conflict"][0] > 2
    ranked = critic_weights(table, ["a", "b", "c"], correlation="spearman").frame
    assert ranked["conflict"].to_list() == pytest.approx([2 + 1 - 0.8, 2 + 1 + 0.8, 2.0])
    scaled = {"a": [10 * v for v in table["a"]], "b": table["b"], "c": table["c"]}
    assert weights(critic_weights(scaled, ["a", "b", "c"])) == pytest.approx(
        weights(critic_weights(table, ["a", "b", "c"]))
    )
    heavier = critic_weights(scaled, ["a", "b", "c"], basis="scores")
    assert weights(heavier)[0] > weights(critic_weights(table, ["a", "b", "c"], basis="scores"))[0]


def test_dispersion_by_hand() -> None:
    table = {"a": [1.0, 2, 3], "b": [3.0, 4, 8]}
    sds = [1.0, sqrt(7)]
    assert weights(sd_weights(table, ["a", "b"])) == pytest.approx([v / sum(sds) for v in sds])
    cvs = [0.5, sqrt(7) / 5]
    found = cv_weights(table, ["a", "b"]).frame
    assert found["cv"].to_list() == pytest.approx(cvs)
    assert found["weight"].to_list() == pytest.approx([v / sum(cvs) for v in cvs])
    # Gini: |1−2| + |1−3| + |2−3| = 4, twice, over 2·9·2; 1 + 5 + 4 = 10, twice, over 2·9·5.
    assert gini_weights(table, ["a", "b"]).frame["gini"].to_list() == pytest.approx([8 / 36, 20 / 90])


def test_dispersion_is_over_what_is_present() -> None:
    holed, full = {"a": [1.0, 2, 3, NAN], "b": [3.0, 4, 8, 8]}, {"a": [1.0, 2, 3]}
    for function, detail in ((sd_weights, "sd"), (cv_weights, "cv"), (gini_weights, "gini")):
        assert function(holed, ["a", "b"]).frame[detail][0] == pytest.approx(function(full, ["a"]).frame[detail][0])


def test_sd_of_a_unit_basis_looks_at_shape_only() -> None:
    table = {"a": [0.0, 5, 10], "b": [0.0, 0.5, 1]}
    assert weights(sd_weights(table, ["a", "b"], basis="unit")) == pytest.approx([0.5, 0.5])
    assert weights(sd_weights(table, ["a", "b"])) == pytest.approx([10 / 11, 1 / 11])


# Independence, MEREC


def test_independence_is_one_over_multiple_correlation() -> None:
    table = related(30, 5)
    x = as_array(table)
    multiple = []
    for k in range(5):
        others = np.column_stack([np.ones(30), np.delete(x, k, axis=1)])
        fitted = others @ np.linalg.lstsq(others, x[:, k], rcond=None)[0]
        multiple.append(np.corrcoef(fitted, x[:, k])[0, 1])
    found = independence_weights(table, list(table)).frame
    np.testing.assert_allclose(found["multiple_correlation"], multiple, atol=1e-12)
    np.testing.assert_allclose(found["weight"], (1 / np.array(multiple)) / (1 / np.array(multiple)).sum(), atol=1e-12)


def test_a_column_told_exactly_by_others_has_multiple_correlation_1() -> None:
    table = related(30, 4)
    plain = independence_weights(table, list(table)).frame["multiple_correlation"]
    table["twice"] = [2 * v + 1 for v in table["c0"]]
    found = independence_weights(table, list(table)).frame["multiple_correlation"]
    np.testing.assert_allclose(found, [1, *plain[1:], 1], atol=1e-7)
    assert weights(independence_weights(related(9, 2), ["c0", "c1"])) == pytest.approx([0.5, 0.5])


def test_merec_by_hand() -> None:
    # Logs over the minimum: a 0 ln2 ln4, b 0 0 ln2.
    whole = [log(1 + log(2) / 2), log(1 + (log(4) + log(2)) / 2)]
    without_a, without_b = [0.0, log(1 + log(2) / 2)], [log(1 + log(2) / 2), log(1 + log(4) / 2)]
    effects = [sum(w - v for w, v in zip(whole, part, strict=True)) for part in (without_a, without_b)]
    found = merec_weights({"a": [1.0, 2, 4], "b": [3.0, 3, 6]}, ["a", "b"]).frame
    assert found["removal_effect"].to_list() == pytest.approx(effects, abs=1e-15)
    assert found["weight"].to_list() == pytest.approx([e / sum(effects) for e in effects])


def test_merec_names_the_cell_it_cannot_take() -> None:
    table = {"year": [1, 1, 1, 2, 2, 2], "a": [1.0, 2, 3, 1, 2, 3], "b": [1.0, 2, 3, 1, 0, -4]}
    with pytest.raises(MethodError, match=r"MEREC takes positive values only: 2 cells.*first is 0") as caught:
        merec_weights(table, ["a", "b"], by="year")
    where = caught.value.where
    assert (where.row, where.indicator, where.period) == (5, "b", 2)
    with speak("zh"):
        assert "MEREC 只能用于正数" in str(caught.value)
    shifted = merec_weights({"a": [0.0, 1, 2], "b": [0.0, 1, 1]}, ["a", "b"], shift=1.0)
    assert weights(shifted) == pytest.approx(weights(merec_weights({"a": [1.0, 2, 3], "b": [1.0, 2, 2]}, ["a", "b"])))


# Principal components


def test_pca_is_squared_loadings_of_the_heaviest_component() -> None:
    table = related(60, 7, common=1.2)
    r = np.corrcoef(as_array(table).T)
    values, vectors = np.linalg.eigh(r)
    kept = values >= 1
    squared = (vectors * np.sqrt(np.maximum(values, 0)))[:, kept] ** 2
    found = pca_weights(table, list(table), rotation="none").frame
    expected = squared.max(axis=1)
    np.testing.assert_allclose(found["weight"], expected / expected.sum(), atol=1e-12)
    np.testing.assert_allclose(found["communality"], squared.sum(axis=1), atol=1e-12)
    # The Handbook's own words: share of the component's squares, times what the component explains.
    explained = squared.sum(axis=0) / squared.sum()
    of_component = squared.argmax(axis=1)
    handbook = np.array([squared[j, f] / squared[:, f].sum() * explained[f] for j, f in enumerate(of_component)])
    np.testing.assert_allclose(found["weight"], handbook / handbook.sum(), atol=1e-12)


def test_communalities_are_the_same_whatever_the_rotation() -> None:
    table = related(60, 7, common=0.4)
    one = weights(pca_weights(table, list(table), loadings="all"))
    assert one == pytest.approx(weights(pca_weights(table, list(table), loadings="all", rotation="none")))
    assert one != pytest.approx(weights(pca_weights(table, list(table))))


def test_share_of_variance_decides_how_many_components_are_kept() -> None:
    table = related(60, 5, common=0.4)
    x = as_array(table)
    values, vectors = np.linalg.eigh(np.corrcoef(x.T))
    for kept in (1, 2, 5):
        share = min(float(values[-kept:].sum() / 5), 1.0)
        squared = (vectors[:, -kept:] ** 2 * values[-kept:]).sum(axis=1)
        found = pca_weights(table, list(table), share=share, loadings="all")
        np.testing.assert_allclose(found.frame["weight"], squared / squared.sum(), atol=1e-10)
    everything = pca_weights(table, list(table), share=1.0, loadings="all")
    assert weights(everything) == pytest.approx([0.2] * 5)  # all of the variance of each


def test_varimax_has_nothing_left_to_gain() -> None:
    rng = np.random.default_rng(4)
    loadings = rng.normal(size=(9, 3))
    turned = varimax(loadings)
    np.testing.assert_allclose(turned @ turned.T, loadings @ loadings.T, atol=1e-12)  # a rotation
    rows = turned / np.sqrt((turned**2).sum(axis=1, keepdims=True))

    def criterion(z: Any) -> float:
        return float(np.var(z**2, axis=0).sum())

    best = criterion(rows)
    for f, g in combinations(range(3), 2):
        x, y = rows[:, f], rows[:, g]
        u, v = x**2 - y**2, 2 * x * y
        assert 2 * ((u * v).mean() - u.mean() * v.mean()) == pytest.approx(0, abs=1e-10)  # Kaiser's condition
        for angle in (0.3, -0.3):
            other = rows.copy()
            other[:, f], other[:, g] = np.cos(angle) * x + np.sin(angle) * y, np.cos(angle) * y - np.sin(angle) * x
            assert criterion(other) < best


def test_uncorrelated_columns_weigh_the_same() -> None:
    square = {"a": [1.0, 1, -1, -1], "b": [1.0, -1, 1, -1], "c": [1.0, -1, -1, 1]}
    assert weights(pca_weights(square, list(square))) == pytest.approx([1 / 3] * 3)


def test_pca_has_no_signed_weights() -> None:
    table = related(40, 6, common=0.3)
    table["against"] = [-v for v in table["c0"]]
    assert min(weights(pca_weights(table, list(table)))) >= 0
    assert get_args(Weight.model_fields["loadings"].annotation) == ("heaviest", "all")
    with pytest.raises(SpecError):
        pca_weights(table, list(table), loadings="signed")  # type: ignore[arg-type]


# 纵横向拉开档次法


def test_scatter_is_the_leading_eigenvector() -> None:
    table = related(40, 4, common=1.5)
    x = as_array(table)
    vector = np.linalg.eigh(np.corrcoef(x.T))[1][:, -1]
    assert weights(scatter_weights(table, list(table))) == pytest.approx((vector / vector.sum()).tolist())
    second = np.linalg.eigh((x + 9).T @ (x + 9))[1][:, -1]
    raised = {name: [v + 9 for v in column] for name, column in table.items()}
    found = scatter_weights(raised, list(table), standardise="none")
    assert weights(found) == pytest.approx((second / second.sum()).tolist())


def test_scatter_standardised_within_years() -> None:
    rng = np.random.default_rng(8)
    years = np.repeat([1, 2, 3], 20)
    x = rng.normal(size=(60, 3)) + rng.normal(size=(60, 1)) + 5 * years[:, None] * np.array([1, -1, 0])
    table = pl.DataFrame(x, schema=["a", "b", "c"]).with_columns(year=years)
    h = np.zeros((3, 3))
    for year in (1, 2, 3):
        part = x[years == year]
        z = (part - part.mean(axis=0)) / part.std(axis=0, ddof=1)
        h += z.T @ z
    vector = np.linalg.eigh(h)[1][:, -1]
    found = scatter_weights(table, ["a", "b", "c"], standardise="yearly", year="year")
    assert weights(found) == pytest.approx((vector / vector.sum()).tolist())
    with pytest.raises(MethodError, match="negative"):
        scatter_weights(table, ["a", "b", "c"])  # pooled, a and b move apart over the years
    with pytest.raises(DataError, match="year="):
        scatter_weights(table, ["a", "b", "c"], standardise="yearly")


def opposed() -> Table:
    table = related(50, 5, common=1.0)
    table["against"] = [-0.8 * v + 0.3 * w for v, w in zip(table["c0"], table["c1"], strict=True)]
    return table


def test_negative_coefficients_of_scatter() -> None:
    table = opposed()
    with pytest.raises(MethodError, match=r"negative ones: against -0\.\d+") as caught:
        scatter_weights(table, list(table))
    with speak("zh"):
        assert "against" in str(caught.value)
        assert "negative: optimum" in str(caught.value)
    vector = np.linalg.eigh(np.corrcoef(as_array(table).T))[1][:, -1]
    vector = np.maximum(vector * np.sign(vector.sum()), 0)
    assert weights(scatter_weights(table, list(table), negative="clip")) == pytest.approx(
        (vector / vector.sum()).tolist()
    )


def test_the_optimum_of_scatter_is_the_best_of_all_supports() -> None:
    """On every set of indicators the best w > 0 is an eigenvector; the largest over all sets is the optimum."""
    for seed in range(6):
        rng = np.random.default_rng(seed)
        x = rng.normal(size=(25, 5)) * rng.uniform(0.3, 2, 5)
        h = x.T @ x / 25
        best = 0.0
        for size in range(1, 6):
            for chosen in combinations(range(5), size):
                values, vectors = np.linalg.eigh(h[np.ix_(chosen, chosen)])
                if (vectors[:, -1] >= 0).all() or (vectors[:, -1] <= 0).all():
                    best = max(best, float(values[-1]))
        w = best_direction(h, np.linalg.eigh(h)[1][:, -1])
        assert (w >= 0).all()
        assert float(w @ w) == pytest.approx(1)
        assert float(w @ h @ w) == pytest.approx(best, abs=1e-10)


def test_scatter_without_a_leading_direction() -> None:
    square = {"a": [1.0, 1, -1, -1], "b": [1.0, -1, 1, -1]}
    with pytest.raises(MethodError, match="not unique"):
        scatter_weights(square, ["a", "b"])


# Correlation-optimised weights


def test_balanced_correlations_are_equal_where_that_can_be() -> None:
    table = related(80, 4, common=1.0)
    found = correlation_weights(table, list(table)).frame
    x = as_array(table)
    index = x @ found["weight"].to_numpy()
    correlation = [np.corrcoef(x[:, k], index)[0, 1] for k in range(4)]
    np.testing.assert_allclose(correlation, correlation[0], atol=1e-10)
    np.testing.assert_allclose(found["correlation"], correlation, atol=1e-12)


def test_correlations_in_proportion_to_targets() -> None:
    table = related(80, 3, common=1.0)
    found = correlation_weights(table, list(table), targets={"c1": 1.2}).frame
    assert (found["correlation"] / found["target"]).to_list() == pytest.approx(
        [found["correlation"][0] / found["target"][0]] * 3
    )
    assert found["target"].to_list() == pytest.approx([1 / 3.2, 1.2 / 3.2, 1 / 3.2])


def test_the_nearest_to_balance_without_negative_weights() -> None:
    """Where balance would need negative weights, no other weights on a fine grid come nearer to it."""
    table = related(60, 3, common=2.5)
    targets = {"c0": 3.0, "c1": 1.0, "c2": 1.0}
    found = correlation_weights(table, list(table), targets=targets).frame
    assert found["weight"].min() == 0
    x = as_array(table)
    r, s = np.corrcoef(x.T), x.std(axis=0, ddof=1)
    aim = np.array([0.6, 0.2, 0.2])

    def distance(w: Any) -> float:
        c = r @ (w * s) / sqrt(w * s @ r @ (w * s))
        return float(((aim - c / c.sum()) ** 2).sum())

    best = distance(found["weight"].to_numpy())
    grid = [np.array([a, b, 100 - a - b]) / 100 for a in range(101) for b in range(101 - a)]
    assert best <= min(distance(w) for w in grid) + 1e-15


def test_the_largest_sum_of_correlations_is_at_weights_over_standard_deviations() -> None:
    table = related(60, 4)
    found = correlation_weights(table, list(table), goal="sum").frame
    x = as_array(table)
    inverse = 1 / x.std(axis=0, ddof=1)
    np.testing.assert_allclose(found["weight"], inverse / inverse.sum(), atol=1e-12)

    def total(w: Any) -> float:
        return sum(float(np.corrcoef(x[:, k], x @ w)[0, 1]) for k in range(4))

    best = total(found["weight"].to_numpy())
    rng = np.random.default_rng(1)
    assert all(total(w) < best for w in rng.dirichlet(np.ones(4), 200))


def test_targets_name_columns_that_are_there() -> None:
    table = related(9, 2)
    with pytest.raises(DataError, match=r"“c9”.*c1"):
        correlation_weights(table, ["c0", "c1"], targets={"c9": 1})
    with pytest.raises(SpecError, match="targets"):
        correlation_weights(table, ["c0", "c1"], targets={"c1": -1})


def test_columns_that_cancel_out() -> None:
    with pytest.raises(MethodError, match="cancel"):
        correlation_weights({"a": [1.0, 2, 3], "b": [3.0, 2, 1]}, ["a", "b"], goal="sum")


# What all share

CALLS: dict[str, Callable[..., Any]] = {
    "entropy": entropy_weights,
    "critic": critic_weights,
    "cv": cv_weights,
    "sd": sd_weights,
    "gini": gini_weights,
    "independence": independence_weights,
    "merec": merec_weights,
    "pca": pca_weights,
    "scatter": scatter_weights,
    "correlation": correlation_weights,
}
every = pytest.mark.parametrize("method", DATA_DRIVEN)


def positive(rows: int = 30, columns: int = 4, seed: int = 2) -> Table:
    rng = np.random.default_rng(seed)
    x = np.exp(rng.normal(size=(rows, columns)) * 0.4 + 0.6 * rng.normal(size=(rows, 1)))
    return {f"c{k}": x[:, k].tolist() for k in range(columns)}


def test_every_method_has_a_kernel_and_a_function() -> None:
    assert tuple(KERNELS) == DATA_DRIVEN == tuple(CALLS)


@every
def test_a_year_alone_is_that_year_by_itself(method: str) -> None:
    table = pl.DataFrame(positive()).with_columns(year=pl.Series([2020, 2021, 2022] * 10))
    columns = ["c0", "c1", "c2", "c3"]
    found = CALLS[method](table, columns, by="year")
    assert found.frame.columns[:2] == ["year", "indicator"]
    assert found.frame.columns[-1] == "weight"
    assert found.frame["year"].unique(maintain_order=True).to_list() == [2020, 2021, 2022]
    assert [n.code for n in found.notes] == ["yearly_weights"]
    assert found.method.id == f"weight.{method}"
    alone = CALLS[method](table.filter(pl.col("year") == 2021), columns).frame
    np.testing.assert_allclose(found.frame.filter(pl.col("year") == 2021)["weight"], alone["weight"], atol=1e-14)


@every
def test_a_single_column_weighs_everything(method: str) -> None:
    assert CALLS[method]({"a": [1.0, 2, 4, 3]}, ["a"]).frame["weight"].to_list() == [1.0]


@every
def test_nothing_that_varies_gives_no_weights(method: str) -> None:
    flat = {"a": [1.0] * 5, "b": [2.0] * 5}
    with pytest.raises(MethodError, match=r"vary|varies") as caught:
        CALLS[method](flat, ["a", "b"])
    with speak("zh"):
        assert "差异" in str(caught.value)


@pytest.mark.parametrize("method", ["critic", "independence", "pca", "scatter", "correlation"])
def test_a_constant_column_stops_or_weighs_nothing(method: str) -> None:
    table = positive() | {"flat": [0.1 + 0.2] * 15 + [0.3] * 15}
    columns = [*table]
    with pytest.raises(MethodError, match="does not vary") as caught:
        CALLS[method](table, columns)
    assert caught.value.where.indicator == "flat"
    with speak("zh"):
        assert "该指标没有差异" in str(caught.value)
    found = CALLS[method](table, columns, on_constant="zero").frame
    assert found["weight"][4] == 0
    np.testing.assert_allclose(found["weight"][:4], CALLS[method](table, columns[:4]).frame["weight"], atol=1e-14)
    assert found.select(pl.exclude("indicator", "weight")).row(4) == (None,) * (found.width - 2)


@pytest.mark.parametrize("method", ["entropy", "cv", "sd", "gini", "merec"])
def test_a_constant_column_weighs_nothing_by_itself(method: str) -> None:
    found = CALLS[method](positive() | {"flat": [0.7] * 30}, ["c0", "c1", "flat"]).frame
    assert found["weight"][2] == pytest.approx(0, abs=1e-15)


WHOLE_ROWS = ["independence", "merec", "pca", "scatter", "correlation"]


@pytest.mark.parametrize("method", WHOLE_ROWS)
def test_rows_with_something_missing_have_no_part_and_are_told(method: str) -> None:
    table = positive()
    kept = {name: column[2:] for name, column in table.items()}
    table["c1"][0], table["c3"][1] = NAN, NAN
    found = CALLS[method](table, list(table))
    note = next(n for n in found.notes if n.code == "weights_rows_left_out")
    assert "2 of 30 rows" in str(note)
    np.testing.assert_allclose(found.frame["weight"], CALLS[method](kept, list(kept)).frame["weight"], atol=1e-14)
    few = {name: [1.0, *([NAN] * 29)] for name in table}
    with pytest.raises(MethodError, match=r"Only 1 rows have nothing missing") as caught:
        CALLS[method](few, list(few))
    with speak("zh"):
        assert "没有缺失的行只有 1 行" in str(caught.value)


@pytest.mark.parametrize(
    ("call", "match", "indicator", "row"),
    [
        (lambda: entropy_weights({"a": [1.0, -2], "b": [1.0, 2]}, ["a", "b"]), r"lowest -2", "a", 2),
        (lambda: entropy_weights({"a": [0.0, 0], "b": [1.0, 2]}, ["a", "b"]), "not all zero", "a", None),
        (lambda: entropy_weights({"a": [1.0, NAN], "b": [1.0, 2]}, ["a", "b"]), "two values", "a", None),
        (lambda: entropy_weights({"a": [1.0, 2], "b": [0.0, 2]}, ["a", "b"], variant="blended"), "1/e", "b", None),
        (lambda: gini_weights({"a": [1.0, 2], "b": [1.0, -2]}, ["a", "b"]), "negative values: 1", "b", 2),
        (lambda: gini_weights({"a": [1.0, 2], "b": [0.0, 0]}, ["a", "b"]), "not positive", "b", None),
        (lambda: cv_weights({"a": [-1.0, 1], "b": [0.0, 1]}, ["a", "b"]), "not positive", "a", None),
        (
            lambda: critic_weights({"a": [1.0, 2, NAN, NAN], "b": [NAN, NAN, 1, 2.0]}, ["a", "b"]),
            "“b” have 0 rows in common",
            "a",
            None,
        ),
        (
            lambda: critic_weights({"a": [1.0, 2, 2, NAN], "b": [NAN, 1, 2, 3.0]}, ["a", "b"]),
            "does not vary in these",
            "a",
            None,
        ),
        (
            lambda: independence_weights({"a": [1.0, 1, -1, -1, 0], "b": [1.0, -1, 1, -1, 0]}, ["a", "b"]),
            "1/R is not defined",
            "a",
            None,
        ),
        (lambda: independence_weights(related(3, 3), ["c0", "c1", "c2"]), "Only 3 rows.*4 are needed", None, None),
        (lambda: critic_weights({"a": [1.0, 2], "b": [3.0, 4]}, ["a", "b"]), "all agree perfectly", None, None),
    ],
)
def test_what_a_method_refuses(call: Callable[[], Any], match: str, indicator: str | None, row: int | None) -> None:
    with pytest.raises(MethodError, match=match) as caught:
        call()
    assert (caught.value.where.indicator, caught.value.where.row) == (indicator, row)


@pytest.mark.parametrize(
    "call",
    [
        lambda t, c: entropy_weights(t, c, variant="tsallis"),  # type: ignore[arg-type]
        lambda t, c: entropy_weights(t, c, shift=-1.0),
        lambda t, c: critic_weights(t, c, correlation="kendal"),  # type: ignore[arg-type]
        lambda t, c: pca_weights(t, c, share=1.5),
        lambda t, c: scatter_weights(t, c, negative="abs"),  # type: ignore[arg-type]
        lambda t, c: correlation_weights(t, c, goal="max"),  # type: ignore[arg-type]
    ],
)
def test_options_there_are_not(call: Callable[..., Any]) -> None:
    with pytest.raises(SpecError) as caught:
        call(positive(), ["c0", "c1"])
    assert caught.value.where.key is not None


def test_options_of_another_method_are_refused() -> None:
    with pytest.raises(ValueError, match="shift does not go with method critic"):
        Weight(method="critic", shift=0.01)
    with pytest.raises(ValueError, match="basis does not go with method pca"):
        Weight(method="pca", basis="scores")
    with pytest.raises(ValueError, match="scope: rolling goes with window"):
        Weight(method="entropy", scope="rolling")
    with pytest.raises(ValueError, match="scope: rolling goes with window"):
        Weight(method="entropy", window=3)


@every
def test_columns_and_cells_are_named(method: str) -> None:
    with pytest.raises(NqpfError, match="“q”"):
        CALLS[method](positive(), ["c0", "q"])
    with pytest.raises(NqpfError, match="row 2"):
        CALLS[method]({"a": [1.0, 2.0], "b": ["1", "x"]}, ["a", "b"])


# Moments


def test_moments_of_columns_with_holes() -> None:
    x = np.array([[1.0, 2], [3, NAN], [5, 4], [NAN, 9]])
    mean, sd = mean_and_sd(x)
    assert mean.tolist() == [3, 5]
    np.testing.assert_allclose(sd, [2, sqrt(13)])
    np.testing.assert_allclose(correlations(x, ["a", "b"]), [[1, 1], [1, 1]])  # two rows in common


def test_sums_of_products_are_the_same_over_blocks() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(5000, 3)), rng.normal(size=(5000, 2))
    np.testing.assert_allclose(products(a, b), a.T @ b, rtol=1e-11)
