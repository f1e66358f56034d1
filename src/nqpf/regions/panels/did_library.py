"""Estimators of pyfixest: Gardner's two stages, and local projections on clean controls."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import narwhals as nw
import numpy as np
from scipy import special

from nqpf.errors import SpecError
from nqpf.regions.panels.did_regression import Effect, Events, Found, Linear

EXTRA = "causal"


def did2s(events: Events) -> Found:
    """Return effects by Gardner's two stages: of the policy, and of each year since adoption."""
    library = _pyfixest()
    controls = {f"c{k}": events.controls[:, k] for k in range(events.controls.shape[1])}
    units = len(np.unique(events.unit))
    relatives = events.relatives()
    marks = {f"r{k}": ((events.cohort >= 0) & (events.relative == r)).astype(float) for k, r in enumerate(relatives)}
    table = _table(events, controls | marks)
    first = "~ " + (" + ".join(controls) or "0") + " | unit + time"

    def stage(names: list[str]) -> Linear:
        fitted = _quiet(
            library.did2s, table, yname="y", first_stage=first, second_stage="~ " + " + ".join(names),
            treatment="policy", cluster="unit",
        )  # fmt: skip
        place = [list(fitted._coefnames).index(name) for name in names]
        beta = fitted.coef().to_numpy()[place]
        return Linear(beta, fitted._vcov[np.ix_(place, place)], np.ones(len(names), bool), units - 1)

    att = stage(["policy"])
    by_year = stage(list(marks))
    each = np.eye(len(relatives))
    effects = {r: by_year.average(each[k]) for k, r in enumerate(relatives)}
    before = np.array([each[k] for k, r in enumerate(relatives) if r < 0])
    return Found(att.average(np.ones(1)), effects, by_year.zero(before) if before.size else None)


def lpdid(events: Events) -> Found:
    """Return effects by local projections: pooled, and of each year since adoption."""
    library = _pyfixest()
    first = np.where(events.cohort >= 0, np.array(events.years)[np.maximum(events.cohort, 0)], 0)
    table = _table(events, {"first": first})

    def effects(att: bool) -> Any:
        return _quiet(library.lpdid, table, yname="y", idname="unit", tname="time", gname="first", att=att).tidy()

    pooled, by_year = effects(True), effects(False)
    found = {int(str(name).rsplit("::", 1)[1]): _effect(row) for name, row in by_year.iterrows()}
    return Found(_effect(pooled.iloc[0]), found, None)


def _effect(row: Any) -> Effect:
    """Return an estimate; how many units a projection had is only to be read off its interval."""
    estimate, se, high = (float(row[column]) for column in ("Estimate", "Std. Error", "97.5%"))
    return Effect(estimate, se, round(float(special.stdtridf(0.975, (high - estimate) / se))))


def _table(events: Events, more: Mapping[str, Any]) -> Any:
    """Return rows as pyfixest wants them."""
    years = np.array(events.years)
    columns = {"y": events.y, "unit": events.unit, "time": years[events.time], "policy": events.policy, **more}
    return nw.from_dict(columns, backend="pandas").to_native()


def _quiet(function: Any, *arguments: Any, **options: Any) -> Any:
    """Call a function of the library; what it warns of in passing is not about the user's data."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return function(*arguments, **options)


def _pyfixest() -> Any:
    try:
        import pyfixest  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ModuleNotFoundError:
        raise SpecError("panels_extra", package="pyfixest", extra=EXTRA) from None
    return pyfixest
