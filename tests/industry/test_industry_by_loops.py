"""The main formulas once more, term by term in plain loops, beside the public functions."""

from __future__ import annotations

from itertools import combinations, pairwise, product
from math import comb, exp, inf, lgamma, log, sqrt
from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf import industry

R, K = 5, 4
KEYS: dict[str, Any] = {"unit": "r", "industry": "i"}
X = [[12, 3, 0, 25], [7, 0, 9, 4], [1, 30, 19, 2], [16, 5, 5, 0], [3, 8, 21, 6]]
Y = [[15, 2, 4, 30], [6, 3, 9, 5], [0, 33, 2, 1], [20, 4, 8, 0], [4, 12, 20, 9]]


def long(*years: list[list[int]], **more: Any) -> pl.DataFrame:
    rows = [
        {"r": f"r{n}", "i": f"i{k}", "t": 2010 + 5 * t, "v": float(x[n][k]), **{c: f(k) for c, f in more.items()}}
        for t, x in enumerate(years)
        for n in range(R)
        for k in range(K)
    ]
    return pl.DataFrame(rows)


def rows(x: list[list[int]]) -> list[int]:
    return [sum(line) for line in x]


def columns(x: list[list[int]]) -> list[int]:
    return [sum(line[k] for line in x) for k in range(K)]


TOTAL = sum(rows(X))


def quotient(n: int, k: int) -> float:
    return X[n][k] * TOTAL / (rows(X)[n] * columns(X)[k])


HAS = [[quotient(n, k) >= 1 for k in range(K)] for n in range(R)]


def test_ellison_glaeser_and_maurel_sedillot() -> None:
    h = [0.02, 0.3, 0.11, 1.0]
    found = industry.concentration(long(X, h=lambda k: h[k]), "v", **KEYS, hhi="h").frame
    for k in range(K):
        g = squares = sizes = theil = 0.0
        for n in range(R):
            s, x = X[n][k] / columns(X)[k], rows(X)[n] / TOTAL
            g += (s - x) ** 2
            squares += s**2
            sizes += x**2
            theil += s * log(s / x) if s else 0.0
        row = found.row(k, named=True)
        assert (row["g"], row["herfindahl"], row["theil"]) == pytest.approx((g, squares, theil))
        if h[k] == 1:
            assert row["gamma"] is None
            continue
        gamma = (g - (1 - sizes) * h[k]) / ((1 - sizes) * (1 - h[k]))
        maurel = ((squares - sizes) / (1 - sizes) - h[k]) / (1 - h[k])
        assert (row["gamma"], row["maurel_sedillot"]) == pytest.approx((gamma, maurel))


def test_ellison_glaeser_kerr() -> None:
    found = industry.coagglomeration(long(X), "v", **KEYS).pairs
    share = [[X[n][k] / columns(X)[k] for k in range(K)] for n in range(R)]
    size = [sum(share[n]) / K for n in range(R)]
    for (i, j), index in zip(combinations(range(K), 2), found["index"], strict=True):
        above = sum((share[n][i] - size[n]) * (share[n][j] - size[n]) for n in range(R))
        assert index == pytest.approx(above / (1 - sum(x**2 for x in size)))


@pytest.mark.parametrize("kind", ["krugman", "finger_kreinin", "unido"])
def test_likeness_of_structures(kind: Any) -> None:
    found = industry.similarity(long(X), "v", **KEYS, kind=kind).pairs
    share = [[X[n][k] / rows(X)[n] for k in range(K)] for n in range(R)]
    for (a, b), index in zip(combinations(range(R), 2), found["index"], strict=True):
        both = list(zip(share[a], share[b], strict=True))
        expected = {
            "krugman": sum(abs(p - q) for p, q in both),
            "finger_kreinin": sum(min(p, q) for p, q in both),
            "unido": sum(p * q for p, q in both) / sqrt(sum(p * p for p, _ in both) * sum(q * q for _, q in both)),
        }
        assert index == pytest.approx(expected[kind])


def test_variety_and_the_hachman_index() -> None:
    family = ["a", "a", "b", "b"]
    found = industry.diversity(long(X, f=lambda k: family[k]), "v", **KEYS, parent="f").frame
    for n, row in enumerate(found.iter_rows(named=True)):
        p = [X[n][k] / rows(X)[n] for k in range(K)]
        unrelated = related = entropy = 0.0
        for name in "ab":
            inside = [k for k in range(K) if family[k] == name]
            whole = sum(p[k] for k in inside)
            unrelated += whole * log(1 / whole, 2) if whole else 0.0
            within = sum(p[k] / whole * log(whole / p[k], 2) for k in inside if p[k])
            related += whole * within
        for k in range(K):
            entropy += p[k] * log(1 / p[k], 2) if p[k] else 0.0
        hachman = 1 / sum(p[k] ** 2 / (columns(X)[k] / TOTAL) for k in range(K))
        expected = (entropy, unrelated, related, hachman)
        assert (row["entropy"], row["unrelated"], row["related"], row["hachman"]) == pytest.approx(expected)


@pytest.mark.parametrize("variant", ["classic", "esteban_marquillas"])
def test_shift_and_share(variant: Any) -> None:
    found = industry.shift_share(long(X, Y), "v", **KEYS, time="t", variant=variant).cells
    whole = sum(rows(Y)) / TOTAL - 1
    for (n, k), row in zip(product(range(R), range(K)), found.iter_rows(named=True), strict=True):
        of_line = columns(Y)[k] / columns(X)[k] - 1
        expected = {"national": X[n][k] * whole, "mix": X[n][k] * (of_line - whole)}
        if variant == "classic":
            expected["local"] = Y[n][k] - X[n][k] * (1 + of_line)
        elif X[n][k]:
            own, alike = Y[n][k] / X[n][k] - 1, rows(X)[n] * columns(X)[k] / TOTAL
            expected |= {"competitive": alike * (own - of_line), "allocation": (X[n][k] - alike) * (own - of_line)}
            expected["entry"] = 0.0
        else:
            expected |= {"competitive": 0.0, "allocation": 0.0, "entry": float(Y[n][k])}
        assert {name: row[name] for name in expected} == pytest.approx(expected)
        assert sum(expected.values()) == pytest.approx(Y[n][k] - X[n][k])


def nearness(i: int, j: int) -> float:
    both = sum(HAS[n][i] and HAS[n][j] for n in range(R))
    return both / max(sum(HAS[n][i] for n in range(R)), sum(HAS[n][j] for n in range(R)))


def test_density_and_what_an_industry_would_add() -> None:
    found = industry.opportunity(long(X), "v", **KEYS)
    pairs, scores = found.pairs, found.complexity
    pci = [score - scores.summary["origin"][0] for score in scores.industries["pci"]]
    density = [
        [sum(HAS[n][j] * nearness(j, k) for j in range(K)) / sum(nearness(j, k) for j in range(K)) for k in range(K)]
        for n in range(R)
    ]
    assert pairs["density"].to_list() == pytest.approx([d for line in density for d in line])
    for n in range(R):
        outlook = sum((1 - HAS[n][k]) * density[n][k] * pci[k] for k in range(K))
        assert found.regions["outlook"][n] == pytest.approx(outlook)
        for j in range(K):
            gain = 0.0
            for k in range(K):
                if not HAS[n][k]:
                    gain += nearness(j, k) / sum(nearness(other, k) for other in range(K)) * pci[k]
            assert pairs["gain"][n * K + j] == pytest.approx(0.0 if HAS[n][j] else gain)


def test_the_basket_identity_and_the_reflections() -> None:
    found = industry.complexity(long(X), "v", **KEYS)
    eci, pci = found.regions["eci"].to_list(), found.industries["pci"].to_list()
    for n in range(R):
        assert eci[n] == pytest.approx(np.mean([pci[k] for k in range(K) if HAS[n][k]]))
    assert np.mean(eci) == pytest.approx(0)
    assert sum(e**2 for e in eci) / R == pytest.approx(1)
    line, second = found.summary.row(0, named=True), 0.0
    for k in range(K):  # back by the eigenvalue
        second = np.mean([eci[n] for n in range(R) if HAS[n][k]]) - line["origin"]
        assert second == pytest.approx(line["lambda2"] * (pci[k] - line["origin"]))


def test_shrinkage_of_counts_and_its_posterior() -> None:
    found = industry.rca(long(X), "v", **KEYS, shrink="eb", nature="count", threshold=1.2).frame
    spread = expected_sum = 0.0
    for n, k in product(range(R), range(K)):
        e = rows(X)[n] * columns(X)[k] / TOTAL
        spread += e * (X[n][k] / e - 1) ** 2
        expected_sum += e
    b = 1 / (spread / expected_sum - R * K / expected_sum)
    for (n, k), row in zip(product(range(R), range(K)), found.iter_rows(named=True), strict=True):
        e = rows(X)[n] * columns(X)[k] / TOTAL
        assert row["shrunk"] == pytest.approx((X[n][k] + b) / (e + b))
        assert row["credibility"] == pytest.approx(e / (e + b))
        shape, rate = X[n][k] + b, e + b  # the gamma law of the quotient, added up in small steps above the threshold
        step, above = 1e-3, 0.0
        for i in range(20_000):
            q = 1.2 + (i + 0.5) * step
            above += exp(shape * log(rate) - lgamma(shape) + (shape - 1) * log(q) - rate * q) * step
        assert row["probability"] == pytest.approx(above, abs=2e-6)


Z = [[20.0, 35, 5], [40, 10, 15], [5, 12, 2]]
F = [40.0, 35, 41]
M = [[5.0, 1, 0], [2, 3, 4]]
OUT = [sum(Z[i]) + F[i] for i in range(3)]
A = [[Z[i][j] / OUT[j] for j in range(3)] for i in range(3)]


def table() -> industry.IOTable:
    return industry.IOTable.of(Z, F, sectors=["a", "b", "c"], imports=M, import_sectors=["a", "b"],
                               import_origins=["X", "Y"])  # fmt: skip


def times(p: list[list[float]], q: list[list[float]]) -> list[list[float]]:
    return [[sum(p[i][k] * q[k][j] for k in range(3)) for j in range(3)] for i in range(3)]


def powers(a: list[list[float]], count: int = 200) -> list[list[list[float]]]:
    found = [a]
    while len(found) < count:
        found.append(times(found[-1], a))
    return found


def test_average_propagation_lengths_are_mean_rounds() -> None:
    found = table().propagation().lengths
    rounds = powers(A)
    for i, j in product(range(3), range(3)):
        whole = sum(step[i][j] for step in rounds)
        length = sum((n + 1) * step[i][j] for n, step in enumerate(rounds)) / whole
        assert found[i, j] == pytest.approx(length)


def test_upstreamness_is_the_mean_distance_to_final_use() -> None:
    found = table().upstreamness().frame
    given = [[Z[i][j] / OUT[i] for j in range(3)] for i in range(3)]
    for i in range(3):
        distance = F[i] / OUT[i]
        for n, step in enumerate(powers(given)):
            distance += (n + 2) * sum(step[i][j] * F[j] / OUT[j] for j in range(3))
        assert found["upstreamness"][i] == pytest.approx(distance)


def test_import_content_round_by_round() -> None:
    found = table().import_content().frame
    bought = [sum(line[j] for line in M) / OUT[j] for j in range(3)]
    for j in range(3):
        total = bought[j] + sum(bought[i] * step[i][j] for step in powers(A) for i in range(3))
        assert found["total"][j] == pytest.approx(total)
        assert found["domestic"][j] == pytest.approx(1 - total)
        assert found["hhi"][j] == pytest.approx(sum((line[j] / sum(m[j] for m in M)) ** 2 for line in M))


@pytest.mark.parametrize("mode", ["total", "backward"])
def test_extraction_round_by_round(mode: Any) -> None:
    found = table().extraction(mode=mode)
    for gone in range(3):
        left = [[0.0 if j == gone or (i == gone and mode == "total") else A[i][j] for j in range(3)] for i in range(3)]
        demand = [0.0 if i == gone and mode == "total" else F[i] for i in range(3)]
        for i in range(3):
            made = demand[i] + sum(step[i][j] * demand[j] for step in powers(left) for j in range(3))
            assert found.losses[gone, i] == pytest.approx(OUT[i] - made)


def test_extraction_forward_round_by_round() -> None:
    found = table().extraction(mode="forward")
    paid = [OUT[j] - sum(Z[i][j] for i in range(3)) for j in range(3)]  # all that is not bought from the three
    for gone in range(3):
        left = [[0.0 if i == gone else Z[i][j] / OUT[i] for j in range(3)] for i in range(3)]
        for j in range(3):
            made = paid[j] + sum(paid[i] * step[i][j] for step in powers(left) for i in range(3))
            assert found.losses[gone, j] == pytest.approx(OUT[j] - made)


def least_squares(change: list[float], before: list[float]) -> float:
    """Return the t value of the slope of changes on the level before."""
    n, x, y = len(change), sum(before) / len(before), sum(change) / len(change)
    sxx = sum((b - x) ** 2 for b in before)
    slope = sum((b - x) * (c - y) for b, c in zip(before, change, strict=True)) / sxx
    left = sum((c - y - slope * (b - x)) ** 2 for b, c in zip(before, change, strict=True))
    return slope / sqrt(left / (n - 2) / sxx)


def test_backward_suprema_over_all_windows() -> None:
    series = [3.0, 3.4, 2.9, 3.3, 3.6, 3.2, 3.9, 4.4, 5.2, 6.1, 7.6, 9.4, 8.1, 6.0, 4.2, 3.7, 3.9, 3.5, 3.6, 3.3]
    window = 6
    found = industry.exuberance(
        {"t": list(range(2000, 2020)), "v": series}, "v", time="t", scale="level", window=window, draws=19, shortest=10
    )
    t_values = {}
    for start, end in combinations(range(len(series) + 1), 2):
        if end - start >= window:
            own = series[start:end]
            t_values[start, end] = least_squares([b - a for a, b in pairwise(own)], own[:-1])
    for row in found.sequence.iter_rows(named=True):
        end = row["t"] - 2000 + 1
        assert row["badf"] == pytest.approx(t_values[0, end])
        assert row["bsadf"] == pytest.approx(max(t_values[start, end] for start in range(end - window + 1)))
    assert found.frame["gsadf"][0] == pytest.approx(max(t_values.values()))
    assert found.frame["sadf"][0] == pytest.approx(max(t for (start, _), t in t_values.items() if start == 0))


def test_the_scan_statistic_of_entries() -> None:
    rng = np.random.default_rng(2)
    held = np.cumsum(rng.random((9, 14, 6)) < 0.07, axis=0) > 0
    held[5:7, 4:, 0] |= rng.random((2, 10)) < 0.7
    held = np.logical_or.accumulate(held, axis=0)
    t, n, k = (axis.ravel() for axis in np.indices(held.shape))
    data = {"r": n, "i": k, "t": 2000 + t, "v": np.where(held, 2.0, 0.5).ravel()}
    found = industry.crowding(data, "v", **KEYS, time="t", held="amount", threshold=1.0, draws=99)
    for line in range(6):
        entries, weight, made = [], [], 0
        for s in range(1, 9):
            entries.append(sum(bool(held[s, m, line] and not held[s - 1, m, line]) for m in range(14)))
            likely = 0.0
            for m in range(14):
                could = [j for j in range(6) if not held[s - 1, m, j]]
                if line in could:
                    entered = sum(bool(held[s, m, j]) for j in could)
                    likely += entered / len(could)
                    made += entered
            weight.append(likely)
        pool = [max(round(w * made / sum(weight)), e) for w, e in zip(weight, entries, strict=True)]
        row = found.waves.row(line, named=True)
        assert row["entries"] == sum(entries)
        if sum(entries) < 5:
            assert row["p"] is None
            continue
        best, where = -inf, (0, 0)
        for width in (1, 2, 3):
            for start in range(8 - width + 1):
                c, p = sum(entries[start : start + width]), sum(pool[start : start + width]) / sum(pool)
                total, mean = sum(entries), sum(entries) * p
                ratio = 0.0
                if c > mean + 1e-9:
                    ratio = c * log(c / mean) + ((total - c) * log((total - c) / (total - mean)) if total > c else 0.0)
                if ratio > best + 1e-9:
                    best, where = ratio, (start, start + width - 1)
        assert (row["start"], row["end"]) == (2001 + where[0], 2001 + where[1])
        own = found.frame.filter((pl.col("i") == line) & (pl.col("t") == 2001 + where[0])).row(0, named=True)
        likely = sum(
            comb(pool[where[0]], e) * comb(sum(pool) - pool[where[0]], sum(entries) - e)
            for e in range(entries[where[0]], min(pool[where[0]], sum(entries)) + 1)
        )
        assert own["p"] == pytest.approx(likely / comb(sum(pool), sum(entries)))
        assert row["observed"] == sum(entries[where[0] : where[1] + 1])
        assert row["expected"] == pytest.approx(sum(entries) * sum(pool[where[0] : where[1] + 1]) / sum(pool))


def test_growth_of_output_per_worker_within_and_between() -> None:
    jobs = {"steel": (40.0, 25.0), "cloth": (30.0, 12.0), "chips": (5.0, 20.0), "cars": (25.0, 28.0)}
    made = {"steel": (80.0, 70.0), "cloth": (30.0, 15.0), "chips": (20.0, 120.0), "cars": (60.0, 70.0)}
    old = ("steel", "cloth")
    data = [
        {"r": "a", "i": name, "t": 2010 + 6 * s, "l": "old" if name in old else "new", "jobs": jobs[name][s],
         "made": made[name][s]}
        for name in jobs for s in (0, 1)
    ]  # fmt: skip
    found = industry.abandonment(pl.DataFrame(data), **KEYS, time="t", layer="l", traditional="old",
                                 employment="jobs", output="made").parts  # fmt: skip
    assert found is not None
    total = [sum(jobs[name][s] for name in jobs) for s in (0, 1)]
    mean = sum(sum(made[name][s] for name in jobs) / total[s] for s in (0, 1)) / 2
    parts = dict.fromkeys(("within_traditional", "between_traditional", "within_other", "between_other"), 0.0)
    for name in jobs:
        share, each = ([jobs[name][s] / total[s] for s in (0, 1)], [made[name][s] / jobs[name][s] for s in (0, 1)])
        group = "traditional" if name in old else "other"
        parts[f"within_{group}"] += sum(share) / 2 * (each[1] - each[0])
        parts[f"between_{group}"] += (share[1] - share[0]) * (sum(each) / 2 - mean)
    assert {name: found[name][0] for name in parts} == pytest.approx(parts)
    assert found["growth"][0] == pytest.approx(sum(parts.values()))
