"""Compare a study's regions: its index, systems, circles and drivers in one table, with the neighbours it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import polars as pl

from nqpf.columns import numbers
from nqpf.data import Panel, places
from nqpf.data.formula import evaluate
from nqpf.errors import DataError, NqpfError, SpecError, Where, hint, listing
from nqpf.index import Index
from nqpf.messages import language
from nqpf.regions.space.build import weights
from nqpf.regions.space.weights import Weights
from nqpf.regions.spec import RegionsSpec
from nqpf.regions.survey import Material, Regions, compare_regions
from nqpf.study.plain import plain_table
from nqpf.study.spec import Study


def regions_of(study: Study, scheme: str, panel: Panel, index: Index, group: Mapping[str, str]) -> Regions | None:
    """Return what the study asks about its regions; None where it does not.

    Raises
    ------
    NqpfError
        With the place in the study.
    """
    spec = study.spec.regions
    if spec is None:
        return None
    try:
        found = _material(study, spec, scheme, panel, index, group)
        return compare_regions(spec, found, study.spec.seed)
    except NqpfError as error:
        key = error.where.key or ""
        raise error.at(study.where(*(key.split(".") if key.startswith("regions") else ["regions"]))) from None


def _material(
    study: Study, spec: RegionsSpec, scheme: str, panel: Panel, index: Index, group: Mapping[str, str]
) -> Material:
    systems = spec.systems or tuple(node.id for node in index.framework.dimensions)
    asked = {node: "regions.systems" for node in systems}
    for name, ring in spec.circles.items():
        asked = dict.fromkeys(ring, f"regions.circles.{name}") | asked
    values = _scores(index, asked)
    if spec.regression is not None:
        for name in (name for name in spec.regression.drivers if name in (*values.columns, "outcome")):
            where = Where(key=f"regions.regression.drivers.{name}")
            raise SpecError("regions_driver", where=where, name=name, taken=listing([*values.columns, "outcome"], 20))
        values = values.join(_formulas(panel, spec), on=["unit", "period"], how="left", maintain_order="left")
    coordinates = _coordinates(study, spec, scheme, panel)
    neighbours = None
    if spec.weights is not None:
        known = scheme == "provinces" or (coordinates is not None and spec.weights.kind != "contiguity")
        if spec.weights.file is None and not known:
            raise SpecError("regions_neighbours", where=Where(key="regions.weights"), kind=spec.weights.kind)
        neighbours = _weights(study, spec, panel, values, coordinates)
    return Material(values, group, systems, coordinates, scheme == "provinces", neighbours)


def _scores(index: Index, nodes: Mapping[str, str]) -> pl.DataFrame:
    """Return unit, period, the index as ``value`` and a column for each node (with its place), where it has a value."""
    known = [node.id for node in index.framework.nodes]
    for node in (n for n in nodes if n not in known):
        where = Where(key=nodes[node])
        raise SpecError("regions_node", where=where, node=node, hint=hint(node, known), options=listing(known, 20))
    frame = index.to_frame()
    root = frame.filter(pl.col("level") == 0).select("unit", "period", value="score")
    for node in nodes:
        one = frame.filter(pl.col("node") == node).select("unit", "period", pl.col("score").alias(node))
        root = root.join(one, on=["unit", "period"], how="left", maintain_order="left")
    return root.filter(pl.col("value").is_not_null() & pl.col("value").is_not_nan())


def _formulas(panel: Panel, spec: RegionsSpec) -> pl.DataFrame:
    """Return unit, period and the quantities of the regression."""
    frame = pl.DataFrame(
        {"unit": np.tile(panel.units, len(panel.periods)), "period": np.repeat(panel.periods, len(panel.units))}
    )
    for place, formula in spec.formulas.items():
        where = Where(key=".".join(("regions", *place)))
        values = evaluate(panel, formula, name=place[-1], where=where)
        frame = frame.with_columns(pl.Series(place[-1], values.ravel()).fill_nan(None))
    return frame


def _coordinates(study: Study, spec: RegionsSpec, scheme: str, panel: Panel) -> pl.DataFrame | None:
    """Return unit, lon, lat of every unit from the file that the study names."""
    if spec.coordinates is None:
        return None
    where = Where(key="regions.coordinates")
    frame = plain_table(study, spec.coordinates, "regions.coordinates", "unit", "lon", "lat")
    frame, found = numbers(frame, ["lon", "lat"])
    names = frame["unit"].cast(pl.String).to_list()
    for row, column in np.argwhere(np.isnan(found)):
        place = Where(key="regions.coordinates", unit=names[row], indicator=("lon", "lat")[column])
        raise DataError("space_missing", where=place, count=int(np.isnan(found).sum()))
    known = {label: unit for unit in panel.units for label in (unit, panel.labels[unit].zh, panel.labels[unit].en)}
    if scheme != "none":
        fresh = [name for name in names if name not in known]
        known |= {name: place.code for name, place in places.resolve(fresh, scheme, where).items()} if fresh else {}
    table = pl.DataFrame({"unit": [known.get(n) for n in names], "lon": found[:, 0], "lat": found[:, 1]})
    absent = [panel.labels[unit] for unit in panel.units if unit not in set(table["unit"])]
    if absent:
        raise DataError("regions_coordinates", where=where, count=len(absent), units=listing(absent, 12))
    return table.filter(pl.col("unit").is_in(panel.units))


def _weights(
    study: Study, spec: RegionsSpec, panel: Panel, values: pl.DataFrame, coordinates: pl.DataFrame | None
) -> Weights:
    asked = spec.weights
    assert asked is not None
    units = values.select("unit").unique(maintain_order=True)
    if asked.file is not None:
        found = Weights.from_table(study.folder / asked.file)
        names = {label: u for u in panel.units for label in (u, panel.labels[u].zh, panel.labels[u].en)}
        renamed = Weights.of([names.get(label, label) for label in found.labels], found.matrix, found.method)
        fit = renamed.fitted(units["unit"].to_list())
        kept = asked.islands if asked.islands == "drop" or asked.islands == "keep" else "raise"
        return fit.with_islands(kept).standardised("row")
    where = None if coordinates is None else ("lon", "lat")
    table = units if coordinates is None else units.join(coordinates, on="unit", how="left", maintain_order="left")
    code = {panel.labels[unit][language()]: unit for unit in units["unit"]}  # errors name units as a reader knows them
    named = table.with_columns(pl.col("unit").replace_strict({unit: name for name, unit in code.items()}))
    found = weights(
        asked.kind, named, unit="unit", coordinates=where, k=asked.k, power=asked.power, islands=asked.islands
    )
    return replace(found, labels=tuple(code[label] for label in found.labels))
