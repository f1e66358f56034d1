"""Slots: the points of a recipe that may vary, read and checked before anything runs.

A slot is an attribute path of the recipe (``normalise``, ``normalise.range``, ``nodes.D1``), several of them at once
under a name of one's own (a joint choice, so that combinations that make no sense need not arise), or one of
``weights_noise``, ``leave_out`` and ``panel``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic_core import to_json

from nqpf.data.panel import Panel
from nqpf.errors import SpecError, Where, hint, listing
from nqpf.index.framework import Framework
from nqpf.index.multiverse import words
from nqpf.index.multiverse.noise import Noise
from nqpf.index.multiverse.paths import Steps, dotted, known_paths, read_path, read_value
from nqpf.index.recipe import Recipe
from nqpf.messages import Text, say
from nqpf.yamlfile import Document, validate

SPECIAL = ("weights_noise", "leave_out", "panel")
FACTORIAL_DRAWS = 20


@dataclass(frozen=True, slots=True, eq=False)
class Alternative:
    """One of the values of a slot.

    Attributes
    ----------
    label
        As it stands in the design.
    title
        In words.
    sets
        What it sets: values by path of the recipe, or by the name of a special slot.
    """

    label: str
    title: Text
    sets: Mapping[Steps, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """A point that varies.

    Attributes
    ----------
    name
        As it was written.
    title
        In words.
    alternatives
        Two or more, all different.
    """

    name: str
    title: Text
    alternatives: tuple[Alternative, ...]

    @property
    def paths(self) -> set[Steps]:
        """What it sets."""
        return {path for one in self.alternatives for path in one.sets}


@dataclass(frozen=True, slots=True, eq=False)
class Slots:
    """All slots, with the noise and the panels that they speak of."""

    slots: tuple[Slot, ...]
    noise: Noise | None
    panels: Mapping[str, Panel]


def read_slots(
    vary: Mapping[str, Any], recipe: Recipe, framework: Framework, panel: Panel, *, draws: int = FACTORIAL_DRAWS
) -> Slots:
    """Return the slots of ``vary``.

    Parameters
    ----------
    vary
        Alternatives by slot: a list of values as they are written in YAML or as option objects (a bare word stands for
        ``{method: word}``), or a mapping of labels to values. ``weights_noise`` takes a `Noise`, ``leave_out`` ``all``
        or a list of indicators (none left out is always among its alternatives), ``panel`` a mapping of completed
        panels.
    recipe, framework, panel
        Those of the baseline.
    draws
        Sets of noisy weights where the noise does not say how many.

    Raises
    ------
    SpecError
        A slot there is not, a value it cannot take, fewer than two alternatives, two that are the same, two slots that
        set the same thing; with the key under ``vary``.
    """
    if not vary:
        raise SpecError("vary_empty", where=Where(key="vary"))
    noise = _noise(vary["weights_noise"]) if "weights_noise" in vary else None
    panels = _panels(vary["panel"], panel) if "panel" in vary else {}
    slots = []
    for name, written in vary.items():
        if name == "weights_noise" and noise is not None:
            alternatives = _draws(noise.draws or draws)
        elif name == "leave_out":
            alternatives = _left_out(written, framework)
        elif name == "panel":
            alternatives = [Alternative(label, Text.same(label), {("panel",): label}) for label in panels]
        else:
            alternatives = [
                _alternative(name, label, key, value, recipe, framework) for label, key, value in _listed(name, written)
            ]
        slots.append(_slot(name, alternatives))
    _refuse_overlaps(slots)
    return Slots(tuple(slots), noise, panels)


def _slot(name: str, alternatives: list[Alternative]) -> Slot:
    if len(alternatives) < 2:
        raise SpecError("slot_few", where=_where(name), slot=name, count=len(alternatives))
    seen: dict[bytes, str] = {}
    labels: dict[str, int] = {}
    unlike = []
    for one in alternatives:
        content = to_json({dotted(path): value for path, value in sorted(one.sets.items())})
        if content in seen:
            raise SpecError("slot_twins", where=_where(name), slot=name, first=seen[content], second=one.label)
        seen[content] = one.label
        labels[one.label] = labels.get(one.label, 0) + 1
        twin = labels[one.label] > 1  # options that are not shown may tell two alternatives apart
        unlike.append(Alternative(f"{one.label} #{labels[one.label]}", one.title, one.sets) if twin else one)
    return Slot(name, words.slot_title(name), tuple(unlike))


def _listed(name: str, written: Any) -> Iterator[tuple[str | None, str, Any]]:
    """Yield label (where one is given), key and value of each alternative."""
    if isinstance(written, Mapping):
        yield from ((str(label), str(label), value) for label, value in written.items())
    elif isinstance(written, Sequence) and not isinstance(written, str):
        yield from ((None, str(i), value) for i, value in enumerate(written))
    else:
        raise SpecError("slot_not_listed", where=_where(name), slot=name, value=str(written)[:80])


def _alternative(
    name: str, label: str | None, key: str, value: Any, recipe: Recipe, framework: Framework
) -> Alternative:
    """Return an alternative of a slot of the recipe, or of a joint choice of several."""
    at = _where(name, key)
    joint = isinstance(value, Mapping) and any(str(k).partition(".")[0] in Recipe.model_fields for k in value)
    if name.partition(".")[0] in Recipe.model_fields:
        path, kind = read_path(name, recipe, framework, _where(name))
        sets = {path: read_value(value, kind, at)}
    elif joint:
        sets = {}
        for one, part in value.items():
            path, kind = read_path(str(one), recipe, framework, at)
            sets[path] = read_value(part, kind, at)
        _refuse_prefixes([(path, str(name)) for path in sets], at)
    else:
        near = hint(name, [*SPECIAL, *known_paths()])
        options = listing([*Recipe.model_fields, *SPECIAL], 40)
        raise SpecError("slot_unknown", where=_where(name), slot=name, hint=near, options=options)
    written, title = words.of_settings(sets)
    return Alternative(label or written, Text.same(label) if label else title, sets)


def _noise(written: Any) -> Noise:
    if isinstance(written, Noise):
        return written
    content = written if isinstance(written, Mapping) else {"kind": written}
    try:
        return validate(Noise, Document("", content, {}))
    except SpecError as error:
        raise SpecError(error.code, where=_where("weights_noise"), **error.values) from None


def _draws(count: int) -> list[Alternative]:
    names = [say("multiverse.draw", number=i + 1) for i in range(count)]
    return [Alternative(str(i + 1), title, {("weights_noise",): i}) for i, title in enumerate(names)]


def _left_out(written: Any, framework: Framework) -> list[Alternative]:
    at = {i.id: i for i in framework.indicators}
    wanted = list(at) if written == "all" else written
    if not isinstance(wanted, Sequence) or isinstance(wanted, str):
        raise SpecError("slot_not_listed", where=_where("leave_out"), slot="leave_out", value=str(written)[:80])
    found = [Alternative("none", say("multiverse.nothing_left_out"), {("leave_out",): None})]
    for i, name in enumerate(n for n in wanted if n not in (None, "none")):
        if name not in at:
            where, options = _where("leave_out", str(i)), listing(at, 60)
            raise SpecError(
                "unknown_indicator_left_out", where=where, indicator=name, options=options, hint=hint(str(name), at)
            )
        found.append(Alternative(name, at[name].title, {("leave_out",): at[name].at}))
    return found


def _panels(written: Any, panel: Panel) -> dict[str, Panel]:
    """Return the completed panels by label, all of the units, years and series of the baseline's."""
    if not isinstance(written, Mapping):
        raise SpecError("panels_not_named", where=_where("panel"))
    for name, one in written.items():
        same = isinstance(one, Panel) and (one.units, one.periods) == (panel.units, panel.periods)
        if not same or not set(panel.indicators) <= set(one.indicators):
            raise SpecError("panel_not_alike", where=_where("panel", str(name)), panel=name)
    found = {str(name): one for name, one in written.items()}
    for i, (name, one) in enumerate(found.items()):
        for other in list(found)[:i]:
            if np.array_equal(one.values, found[other].values, equal_nan=True):
                raise SpecError("slot_twins", where=_where("panel"), slot="panel", first=other, second=name)
    return found


def _refuse_overlaps(slots: Sequence[Slot]) -> None:
    for i, slot in enumerate(slots):
        for other in slots[:i]:
            for path in slot.paths:
                if any(_one_holds_the_other(path, taken) for taken in other.paths):
                    key = dotted(path)
                    raise SpecError(
                        "slots_overlap", where=_where(slot.name), slot=slot.name, other=other.name, path=key
                    )


def _refuse_prefixes(paths: Sequence[tuple[Steps, str]], at: Where) -> None:
    for i, (path, name) in enumerate(paths):
        for taken, _ in paths[:i]:
            if _one_holds_the_other(path, taken):
                raise SpecError("slots_overlap", where=at, slot=name, other=dotted(taken), path=dotted(path))


def _one_holds_the_other(path: Steps, other: Steps) -> bool:
    shorter = min(len(path), len(other))
    return path[:shorter] == other[:shorter]


def _where(*keys: str) -> Where:
    return Where(key=".".join(("vary", *keys)))
