"""What a study says of missing values, handed to `nqpf.data.fill`: names become series and units."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from nqpf.data import Panel, fill, places
from nqpf.data.missing import Filled
from nqpf.errors import SpecError, hint, listing
from nqpf.study.spec import Study


def predictors(study: Study, there: Sequence[str]) -> list[str]:
    """Return the series that regressions of a study name.

    Raises
    ------
    SpecError
        A series the data do not have, or that has no rule of regression.
    """
    missing = study.data.missing
    named: dict[str, None] = {}
    for target, used in missing.using.items():
        if missing.series.get(target, missing.rule) != "regression":
            where = study.where("data", "missing", "using", target)
            raise SpecError("using_without_regression", where=where, series=target)
        for i, name in enumerate(used):
            _refuse_unknown(study, ("using", target, i), name, there)
            named[name] = None
    return list(named)


def fill_missing(study: Study, panel: Panel, schemes: Collection[str], unused: Sequence[str]) -> Filled:
    """Deal with the missing cells of a study's panel as its ``data.missing`` says.

    Parameters
    ----------
    study
        The study.
    panel
        The series its formulas use.
    schemes
        What its units are: ``provinces``, ``countries`` or ``none``.
    unused
        Series of the data that it does not use; rules for them are passed over.

    Raises
    ------
    SpecError
        A rule for a series, or a group with a unit, that there is not.
    DataError
        As `nqpf.data.fill`.
    """
    missing = study.data.missing
    for name in missing.series:
        if name not in unused:
            _refuse_unknown(study, ("series", name), name, panel.indicators)
    rules = {name: rule for name, rule in missing.series.items() if name in panel.indicators}
    stated = {name: getattr(missing, name) for name in type(missing).model_fields if name not in ("series", "groups")}
    return fill(panel, **stated, series=rules, groups=_groups(study, panel, schemes), seed=study.spec.seed)


def _groups(study: Study, panel: Panel, schemes: Collection[str]) -> dict[str, str]:
    """Return each unit's group for the rule ``group_trend``."""
    wanted = study.data.missing.groups
    if wanted is None:
        return {}
    if isinstance(wanted, str):
        if set(schemes) != {"provinces"}:
            raise SpecError("groups_need_provinces", where=study.where("data", "missing", "groups"), scheme=wanted)
        found = places.bloc_of(panel.units, wanted)
        return {unit: group for unit, group in zip(panel.units, found, strict=True) if group}
    return _members(study, panel, wanted)


def _members(study: Study, panel: Panel, wanted: Mapping[str, Sequence[str]]) -> dict[str, str]:
    names = {name: u for u in panel.units for name in (u, panel.labels[u].zh, panel.labels[u].en)}
    member: dict[str, str] = {}
    for group, units in wanted.items():
        for i, unit in enumerate(units):
            where = study.where("data", "missing", "groups", group, i)
            if unit not in names:
                raise SpecError("unknown_unit", where=where, unit=unit, hint=hint(unit, names))
            if names[unit] in member:
                raise SpecError("unit_in_two_groups", where=where, unit=unit, group=member[names[unit]])
            member[names[unit]] = group
    return member


def _refuse_unknown(study: Study, at: Sequence[str | int], name: str, there: Sequence[str]) -> None:
    if name not in there:
        where, options = study.where("data", "missing", *at), listing(there, 40)
        raise SpecError("unknown_series_key", where=where, series=name, options=options, hint=hint(name, there))
