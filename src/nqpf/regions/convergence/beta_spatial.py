"""Beta regressions with neighbours: growth, errors or regressors of neighbours beside one's own.

Rey and Montouri (1999), Regional Studies 33(2), 143–156. In a lag or Durbin regression the slope is no effect: what a
lower start means for growth once it has gone round the neighbours are the impacts (LeSage and Fischer 2008, Spatial
growth regressions: model specification, estimation and interpretation, doi:10.1080/17421770802353758).
"""

from __future__ import annotations

from typing import Literal

import polars as pl

from nqpf.regions.convergence.beta_sample import Effects, Form, Sample
from nqpf.regions.convergence.beta_tables import CONSTANT, Slope
from nqpf.regions.space.weights import Weights
from nqpf.regions.spatial_regression.regression import spatial_panel
from nqpf.regions.spatial_regression.result import SpatialModel

Spatial = Literal["none", "lag", "error", "durbin"]

MODELS: dict[str, Literal["sar", "sem", "sdm"]] = {"lag": "sar", "error": "sem", "durbin": "sdm"}
TERMS = {"intercept": CONSTANT, "rho": "(rho)", "lambda": "(lambda)"}
GROWTH = "(growth)"


def neighbours(
    sample: Sample, unit: str, time: str, form: Form, effects: Effects, spatial: Spatial, weights: Weights
) -> tuple[SpatialModel, pl.DataFrame, list[Slope]]:
    """Return the spatial regression of a sample, its coefficients, and its slopes on the initial logarithm."""
    table = sample.long(unit, time, GROWTH)
    model = spatial_panel(
        table, GROWTH, sample.names, weights=weights, unit=unit, time=time if form == "panel" else None,
        model=MODELS[spatial], effects=effects,
    )  # fmt: skip
    found = model.coefficients.select(
        term=pl.when(pl.col("kind").is_in(["intercept", "spatial"])).then(pl.col("name").replace(TERMS))
        .otherwise(pl.col("name")), estimate="estimate", se="se", t="statistic", p="p",
    )  # fmt: skip
    initial = sample.names[0]
    own = found.filter(term=initial).row(0, named=True)
    slopes = [("coefficient", own["estimate"], own["se"])]
    if spatial != "error":
        impacts = model.impacts().frame.filter(name=initial)
        slopes += [
            (row["effect"], row["estimate"], row["se"])
            for row in impacts.iter_rows(named=True)
            if row["effect"] != "indirect"
        ]
    return model, found, slopes
