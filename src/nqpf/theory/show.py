"""The theory as plain text for a terminal: one item, one indicator, all items, the logic diagram."""

from __future__ import annotations

from nqpf.messages import Lang, Text, say
from nqpf.theory.catalogue import VOCABULARY, CatalogueIndicator, catalogue, catalogue_indicator
from nqpf.theory.diagram import Diagram, Edge, Node, diagram
from nqpf.theory.items import Item, groups, item, items


def describe(id: str, lang: Lang) -> str:
    """Describe a theory item (its words, its measure, what speaks to it) or an indicator of the catalogue.

    Parameters
    ----------
    id
        Item id, e.g. ``"A04"``, or indicator id, e.g. ``"rd_intensity"``.
    lang
        Language of the text.

    Raises
    ------
    SpecError
        No item has this id.

    Examples
    --------
    >>> describe("A04", "en").splitlines()[0]
    'A04  A substantial rise in total factor productivity is the core hallmark'
    """
    if id in {one.id for one in catalogue()}:
        return describe_indicator(id, lang)
    it = item(id)
    group = next(g for g in groups() if g.id == it.group)
    lines = [
        Text.join([it.id, it.title], "  ", "  "),
        _line("group", Text.join([group.id, group.title], " ", " ")),
        *[_line("phrase", Text.same(f"“{p.text}” {p.file}:{p.line}")) for p in it.phrases],
        _line("measure", it.measure),
        _line("data", it.data),
        _line("status", say(f"theory.status.{it.status}")),
        _line("indicators", _named([_label(i) for i in indicators_of(it.id)])),
        _line("nodes", _named([_label(n) for n in nodes_of(it.id)])),
    ]
    return "\n".join(line[lang] for line in lines)


def describe_indicator(id: str, lang: Lang) -> str:
    """Describe an indicator of the catalogue: formula, unit, direction, tags, source and theory items.

    Raises
    ------
    SpecError
        No indicator has this id.

    Examples
    --------
    >>> describe_indicator("edu_years", "zh").splitlines()[0]
    'edu_years  人均受教育年限'
    """
    one = catalogue_indicator(id)
    lines = [
        Text.join([one.id, one.title], "  ", "  "),
        _line("formula", one.formula),
        _line("unit", one.unit),
        *[_line(name, say(f"theory.tag.{name}.{getattr(one, name)}")) for name in VOCABULARY],
        _line("source", one.source),
        *[_line("item", _label(item(t))) for t in one.theory],
    ]
    if one.note:
        lines.append(_line("note", one.note))
    return "\n".join(line[lang] for line in lines)


def overview(lang: Lang) -> str:
    """List every theory item under its group, with its status.

    Examples
    --------
    >>> overview("en").splitlines()[0]
    'A Definition and logic'
    """
    lines: list[str] = []
    for group in groups():
        lines.append(f"{group.id} {group.title[lang]}")
        for it in items():
            if it.group == group.id:
                status = say(f"theory.status_short.{it.status}")
                lines.append("  " + say("theory.show.entry", id=it.id, title=it.title, status=status)[lang])
    return "\n".join(lines)


def diagram_text(lang: Lang) -> str:
    """Draw the logic diagram as indented text: a section for each kind of node, an arrow on a line.

    ``──▶`` is an arrow whose ends the documents state, ``┄┄▶`` one that only the layout implies.

    Examples
    --------
    >>> print(diagram_text("en").splitlines()[3])
      Revolutionary breakthroughs in technology ──give rise to──▶ New quality productive forces
    """
    whole = diagram()
    lines = [f"{whole.title[lang]} ({whole.file}:{whole.line})"]
    for kind in dict.fromkeys(n.kind for n in whole.nodes if n.parent is None):
        caption = whole.caption(kind)
        lines += ["", (caption.title if caption else say(f"theory.kind.{kind}"))[lang]]
        for node in whole.of_kind(kind):
            lines += [f"  {line}" for line in _arrows(whole, node, lang)]
            lines += [f"    · {child.title[lang]}" for child in whole.children(node.id)]
    notes = [n.note[lang] for n in whole.nodes if n.note]
    return "\n".join([*lines, "", say("theory.show.legend")[lang], *notes])


def indicators_of(item_id: str) -> tuple[CatalogueIndicator, ...]:
    """Return the catalogue indicators that measure a theory item.

    Examples
    --------
    >>> [i.id for i in indicators_of("B01")]
    ['edu_years', 'tertiary_share']
    """
    return tuple(i for i in catalogue() if item_id in i.theory)


def nodes_of(item_id: str) -> tuple[Node, ...]:
    """Return the diagram nodes that stand for a theory item.

    Examples
    --------
    >>> [n.id for n in nodes_of("A04")]
    ['hallmark_tfp']
    """
    return tuple(n for n in diagram().nodes if item_id in n.items)


def _arrows(whole: Diagram, node: Node, lang: Lang) -> list[str]:
    """Arrows that leave the node; where none does, those that reach it; else its title alone."""
    leaving = [e for e in whole.edges if e.source == node.id]
    # The core is named by every arrow that meets it: repeating them under its own heading would say all twice.
    shown = [] if node.kind == "core" else leaving or [e for e in whole.edges if e.target == node.id]
    return [_arrow(whole, e, lang) for e in shown] or [node.title[lang]]


def _arrow(whole: Diagram, edge: Edge, lang: Lang) -> str:
    stroke = "┄┄" if edge.inferred else "──"
    source, target = whole.node(edge.source).title[lang], whole.node(edge.target).title[lang]
    return f"{source} {stroke}{edge.label[lang]}{stroke}▶ {target}"


def _line(label: str, value: Text) -> Text:
    return say("theory.show.line", label=say(f"theory.label.{label}"), value=value)


def _label(thing: Item | Node | CatalogueIndicator) -> Text:
    return say("theory.show.named", id=thing.id, title=thing.title)


def _named(parts: list[Text]) -> Text:
    return Text.join(parts, "；", "; ") if parts else say("theory.show.none")
