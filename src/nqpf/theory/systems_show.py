"""Published systems as plain text for a terminal: one system, or all of them; what is from memory is marked."""

from __future__ import annotations

from nqpf.messages import Lang, Text, say
from nqpf.theory.systems import Part, State, System, SystemIndicator, system, systems


def describe_system(id: str, lang: Lang) -> str:
    """Describe a published system: what is known of it, how far each part was checked, its indicators.

    Raises
    ------
    SpecError
        There is no such system.

    Examples
    --------
    >>> describe_system("cao_dai_2025_counterfactual", "en").splitlines()[1]
    'Checked: verified at its address'
    """
    one = system(id)
    # A system without indicators stands for a table that nobody read: to say nothing would look like an oversight.
    heads = [_indicator_line(one, i) for i in one.indicators] or [say("systems.no_indicators")]
    lines = [
        Text.join([one.id, one.cite], "  ", "  "),
        say("systems.line", label=say("systems.label.state"), value=say(f"systems.state.{one.state}")),
        say("systems.line", label=say("systems.label.address"), value=one.address or say("systems.no_address")),
        say("systems.line", label=say("systems.label.checked"), value=one.checked),
        *_stated(one),
        *([say("systems.line", label=say("systems.label.caution"), value=one.caution)] if one.caution else []),
        *heads,
    ]
    return "\n".join(line[lang] for line in lines)


def systems_overview(lang: Lang) -> str:
    """List every published system with its state, its number of indicators and its address.

    Examples
    --------
    >>> systems_overview("en").splitlines()[0].split()[0]
    'cao_dai_2025_counterfactual'
    """
    width = max(len(one.id) for one in systems())
    lines = [
        say(
            "systems.entry",
            id=f"{one.id:<{width}}",
            state=say(f"systems.short.{one.state}"),
            count=len(one.indicators),
            address=one.address or say("systems.no_address"),
        )
        for one in systems()
    ]
    return "\n".join(line[lang] for line in [*lines, say("systems.legend")])


def mark(state: State) -> Text:
    """Return what must stand beside anything of this state: nothing, or that it is unverified.

    Examples
    --------
    >>> mark("recalled").zh
    '（未核实）'
    """
    return say("systems.unverified") if state == "recalled" else Text("", "")


def _stated(one: System) -> list[Text]:
    """Return a line for each part of a system that is known, marked where it is from memory."""
    found: list[tuple[Part, Text | None]] = [
        ("sample", one.sample),
        ("method", one.method),
        ("dimensions", Text.join([d.title for d in one.dimensions], "、", "; ") if one.dimensions else None),
    ]
    lines = [
        say("systems.marked", label=say(f"systems.label.{part}"), value=value, mark=mark(one.parts[part]))
        for part, value in found
        if value is not None
    ]
    if one.parts["citation"] == "recalled":
        lines.insert(0, say("systems.cite_unverified"))
    if one.follow_on:
        lines.append(say("systems.line", label=say("systems.label.follow_on"), value=one.follow_on))
    return lines


def _indicator_line(one: System, i: SystemIndicator) -> Text:
    """Return an indicator in one line: id, name, formula, unit, direction, weight; marked part by part."""
    named = Text.join([i.id, i.title], "  ", "  ")
    facts = [say("systems.marked_short", value=named, mark=mark(one.parts["indicators"]))]
    if i.formula is not None:
        facts.append(say("systems.marked_short", value=i.formula, mark=mark(one.parts["formulas"])))
    facts += [text for text in (i.unit, say(f"systems.direction.{i.direction}")) if text is not None]
    if i.weight is not None:
        weight = say("systems.weight", weight=i.weight)
        facts.append(say("systems.marked_short", value=weight, mark=mark(one.parts["weights"])))
    if i.catalogue is not None:
        facts.append(say("systems.catalogue", id=i.catalogue))
    if i.note is not None:
        facts.append(i.note)
    return say("systems.indicator", facts=Text.join(facts, "；", "; "))
