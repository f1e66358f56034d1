"""Project a study's units to its target year."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from nqpf.chapters.told import Told
from nqpf.data import Panel
from nqpf.errors import NqpfError
from nqpf.productivity.scenario.scenarios import Scenarios, scenarios
from nqpf.study.spec import Study
from nqpf.synthesis.survey import quantities


def scenarios_of(study: Study, panel: Panel) -> Scenarios | None:
    """Return the projections the study asks for; None where it does not.

    Raises
    ------
    NqpfError
        With the place in the study.
    """
    spec = study.spec.scenario
    if spec is None:
        return None
    try:
        formulas = {"·".join(at): (".".join(("scenario", *at)), text) for at, text in spec.formulas.items()}
        table = quantities(panel, formulas).drop_nulls()
        asked = spec.model_dump(exclude={"since"})
        if spec.since is not None:
            table = table.filter(pl.col("period") >= spec.since)
        for at in spec.formulas:  # the table has a column for each formula
            inner = asked
            for key in at[:-1]:
                inner = inner[key]
            inner[at[-1]] = "·".join(at)
        return scenarios(table, time="period", unit="unit", seed=study.spec.seed, **asked)
    except NqpfError as error:
        if error.where.file is not None:
            raise
        told, key = Told(panel.labels), error.where.key or ""
        where = replace(error.where, unit=told.called(error.where.unit))
        named = type(error)(error.code, where=where, **{k: told.called(v) for k, v in error.values.items()})
        raise named.at(study.where(*(key.split(".") if key.startswith("scenario") else ["scenario"]))) from None
