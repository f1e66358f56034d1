"""The tables of a sufficiency analysis: paths, models, terms, necessity, truth table, cases, years."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.numerics.boolean import FREE, combinations
from nqpf.numerics.fuzzy import consistency, coverage, intersection, proportional_reduction, relevance
from nqpf.regions.paths.cases import Cases
from nqpf.regions.paths.robustness import Stays
from nqpf.regions.paths.solving import Model, Solved, Term, Thresholds, Truth, label

Floats = NDArray[np.float64]

NECESSARY = 0.9
"""Consistency from which a condition is called necessary."""
STATES = ("absent", "present")


def _within(terms: Sequence[Term], members: Floats) -> Floats:
    return intersection(np.array(terms, dtype=np.int8).reshape(len(terms), -1), members[:, :-1])


def path_table(solved: Solved, members: Floats, conditions: Sequence[str], fared: Stays, seen: Cases) -> pl.DataFrame:
    """Return a row a model and path."""
    y = members[:, -1]
    rows: list[dict[str, object]] = []
    for number, model in enumerate(solved.models, 1):
        x = _within(model, members)
        whole = coverage(x.max(axis=0), y)
        fits = zip(consistency(x, y), proportional_reduction(x, y), coverage(x, y), strict=True)
        for i, (term, (con, pri, cov)) in enumerate(zip(model, fits, strict=True)):
            others = np.delete(x, i, axis=0).max(axis=0, initial=0.0)
            inside = x[i] > 0.5
            row: dict[str, object] = {"model": number, "path": label(term, conditions), "consistency": float(con)}
            row |= {"pri": float(pri), "coverage": float(cov), "unique": float(whole - coverage(others, y))}
            row |= {"cases": int(inside.sum()), "typical": int((inside & (y > 0.5)).sum())}
            row |= {"stays": fared.same[term], "nested": fared.near[term]}
            if seen.time is not None:
                row |= {"between": _uneven(x[i], y, np.array(seen.years)), "within": _uneven(x[i], y, _codes(seen))}
            rows.append(row)
    kinds = {"model": pl.Int64(), "path": pl.String()} | dict.fromkeys(
        ("consistency", "pri", "coverage", "unique"), pl.Float64()
    )
    more = {"cases": pl.Int64(), "typical": pl.Int64(), "stays": pl.Float64(), "nested": pl.Float64()}
    pooled = {} if seen.time is None else {"between": pl.Float64(), "within": pl.Float64()}
    return pl.DataFrame(rows, schema={**kinds, **more, **pooled})


def _codes(seen: Cases) -> NDArray[np.intp]:
    return np.unique(np.array(seen.units), return_inverse=True)[1]


def _uneven(x: Floats, y: Floats, group: NDArray[np.intp]) -> float:
    """Return the distance of the consistencies of groups, as shares of their sum, from equal shares.

    A group in which nobody is in the path to any degree says nothing of it and is left out.
    """
    every = np.array([consistency(x[group == g], y[group == g]) for g in np.unique(group)], dtype=float)
    found = every[~np.isnan(every)]
    return float(np.sqrt(((found / found.sum() - 1 / found.size) ** 2).sum()))


def solution_table(solved: Solved, members: Floats, conditions: Sequence[str]) -> pl.DataFrame:
    """Return a row a model."""
    y = members[:, -1]
    rows = []
    for number, model in enumerate(solved.models, 1):
        x = _within(model, members).max(axis=0)
        fit = {"consistency": float(consistency(x, y)), "pri": float(proportional_reduction(x, y))}
        text = " + ".join(label(term, conditions) for term in model)
        rows.append({"model": number, "paths": len(model), **fit, "coverage": float(coverage(x, y)), "solution": text})
    kinds = {"model": pl.Int64(), "paths": pl.Int64()} | dict.fromkeys(("consistency", "pri", "coverage"), pl.Float64())
    return pl.DataFrame(rows, schema={**kinds, "solution": pl.String()})


def term_table(solved: Solved, conditions: Sequence[str]) -> pl.DataFrame:
    """Return a row a model, path and condition in it."""
    rows = [
        (number, label(term, conditions), condition, STATES[word], _core(term, k, solved.core))
        for number, model in enumerate(solved.models, 1)
        for term in model
        for k, (condition, word) in enumerate(zip(conditions, term, strict=True))
        if word != FREE
    ]
    kinds = {"model": pl.Int64(), "path": pl.String(), "condition": pl.String(), "state": pl.String()}
    return pl.DataFrame(rows, schema={**kinds, "core": pl.Boolean()}, orient="row")


def _core(term: Term, condition: int, short: frozenset[Term]) -> bool:
    return any(
        one[condition] == term[condition] and all(b in (FREE, a) for a, b in zip(term, one, strict=True))
        for one in short
    )


def necessity_table(members: Floats, conditions: Sequence[str]) -> pl.DataFrame:
    """Return a row a condition and state."""
    y = members[:, -1]
    x = np.concatenate([members[:, :-1].T, 1 - members[:, :-1].T])
    count = len(conditions)
    needed = coverage(x, y)  # of necessity, the roles of consistency and coverage change
    return pl.DataFrame(
        {
            "condition": list(conditions) * 2,
            "state": ["present"] * count + ["absent"] * count,
            "consistency": needed,
            "coverage": consistency(x, y),
            "relevance": relevance(x, y),
            "necessary": needed >= NECESSARY,
        }
    )


def truth_table(truth: Truth, need: Thresholds, conditions: Sequence[str], seen: Cases) -> pl.DataFrame:
    """Return a row a combination that holds a case, most frequent first."""
    often, on = truth.passes(need)
    words = combinations(truth.conditions)[truth.code]
    names = np.array(seen.names(), dtype=object)
    return (
        pl.DataFrame(words.astype(np.int64), schema=list(conditions))
        .with_columns(
            pl.Series("n", truth.count, dtype=pl.Int64),
            pl.Series("consistency", truth.consistency),
            pl.Series("pri", truth.pri).fill_nan(None),
            pl.Series("out", np.where(on, "passes", np.where(often, "fails", "remainder")).tolist(), dtype=pl.String),
            pl.Series("cases", [names[truth.row == r].tolist() for r in range(len(words))], dtype=pl.List(pl.String)),
        )
        .sort(["out", "n", *conditions], descending=[False, True, *[True] * len(conditions)])
    )


def case_table(solved: Solved, members: Floats, conditions: Sequence[str], seen: Cases) -> pl.DataFrame:
    """Return a row a model and case that is in a path, or has the outcome and is in none."""
    y = members[:, -1]
    parts = []
    keys = seen.keys()
    for number, model in enumerate(solved.models, 1):
        x = _within(model, members)
        path, case = np.nonzero(x > 0.5)
        left = np.flatnonzero((x <= 0.5).all(axis=0) & (y > 0.5))
        who = np.concatenate([case, left])
        kind = np.where(y[case] > 0.5, "typical", "deviant_consistency").tolist() + ["deviant_coverage"] * left.size
        named = [label(model[p], conditions) for p in path] + [None] * left.size
        parts.append(
            keys[who.tolist()].with_columns(
                pl.lit(number, pl.Int64).alias("model"),
                pl.Series("path", named, dtype=pl.String),
                pl.Series("membership", np.concatenate([x[path, case], x[:, left].max(axis=0, initial=0.0)])),
                pl.Series("outcome", y[who]),
                pl.Series("kind", kind, dtype=pl.String),
            )
        )
    kinds = {"model": pl.Int64(), "path": pl.String(), "membership": pl.Float64(), "outcome": pl.Float64()}
    return pl.concat(parts) if parts else pl.DataFrame(schema={**keys.schema, **kinds, "kind": pl.String()})


def year_table(terms: Sequence[Term], members: Floats, conditions: Sequence[str], seen: Cases) -> pl.DataFrame:
    """Return a row a path and year, for pooled years."""
    model: Model = tuple(terms)
    rows = []
    if seen.time is not None and model:
        years, y = np.array(seen.years), members[:, -1]
        for term, x in zip(model, _within(model, members), strict=True):
            for year in np.unique(years):
                here = years == year
                fit = float(consistency(x[here], y[here])), float(coverage(x[here], y[here]))
                rows.append((label(term, conditions), int(year), *fit))
    kinds = {"path": pl.String(), "year": pl.Int64(), "consistency": pl.Float64(), "coverage": pl.Float64()}
    return pl.DataFrame(rows, schema=kinds, orient="row").fill_nan(None)
