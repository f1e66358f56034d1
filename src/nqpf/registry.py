"""The registry of methods: what each room's ``registry.yaml`` says of its methods, typed.

The method annex of every report, ``nqpf methods`` and the documentation read it; a test ties it to the code both ways.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources

from nqpf.errors import SpecError, hint, listing
from nqpf.messages import Text, say
from nqpf.yamlfile import Label, Strict, load, validate

ROOMS = (
    "index.treat",
    "index.normalise",
    "index.weights",
    "index.aggregate",
    "index",
    "index.planning",
    "index.coherence",
    "index.multiverse",
    "productivity.frontier",
    "productivity.change",
    "productivity.inference",
    "productivity.stochastic_frontier",
    "productivity.growth",
    "productivity.firms",
    "productivity.scenario",
    "productivity",
    "regions.inequality",
    "regions.distribution",
    "regions.convergence",
    "regions.space",
    "regions.spatial_regression",
    "regions.systems",
    "regions.panels",
    "regions.paths",
    "industry.relatedness",
    "industry.structure",
    "industry.entry",
    "industry.input_output",
    "industry.chain_risk",
    "industry.warning",
    "industry.planning",
    "text.copies",
    "text.quoted",
    "text.measuring",
    "text.store",
    "synthesis",
    "data",
)
"""Rooms that have a registry, in the order of the work."""


class Entry(Strict):
    """A method.

    Attributes
    ----------
    id
        Name in results and recipes, e.g. ``weight.entropy``.
    title
        Name of the method.
    formula
        LaTeX.
    letters
        What the letters of the formula mean.
    options
        Options by name, and what they do.
    function
        Where it is computed: ``module:function``.
    reference
        Sources, each with a DOI or an address.
    measures
        Theory items that a result of the method measures as the item asks.
    touches
        Theory items that a result of the method measures in part.
    """

    id: str
    title: Label
    formula: str
    letters: Label
    options: Mapping[str, Label] = {}
    function: str
    reference: tuple[str, ...]
    measures: tuple[str, ...] = ()
    touches: tuple[str, ...] = ()


class _Registry(Strict):
    methods: tuple[Entry, ...]


@cache
def methods() -> Mapping[str, Entry]:
    """Return every method by id, room by room in the order of the registry."""
    found: dict[str, Entry] = {}
    for room in ROOMS:
        for entry in methods_of(room):
            if entry.id in found:
                raise ValueError(f"method {entry.id!r} stands twice in the registries")
            found[entry.id] = entry
    return found


@cache
def methods_of(room: str) -> tuple[Entry, ...]:
    """Return the methods of one of the `ROOMS`; who needs no other does not wait for them."""
    with resources.as_file(resources.files("nqpf").joinpath(*room.split("."), "registry.yaml")) as file:
        return validate(_Registry, load(file)).methods


def method(id: str) -> Entry:
    """Return a method by id; a SpecError names what there is if it is absent."""
    known = methods()
    if id not in known:
        raise SpecError("unknown_method", method=id, options=listing(known, 40), hint=hint(id, known))
    return known[id]


def describe(entry: Entry) -> Text:
    """Return a method as plain text: title, formula, letters, options, sources."""
    lines = [Text.join([entry.id, entry.title], "  ", "  "), Text.same(f"  {entry.formula}"), entry.letters]
    lines += [say("methods.option_line", name=name, meaning=meaning) for name, meaning in entry.options.items()]
    lines.append(say("methods.reference", reference=Text.join(entry.reference, "；", "; ")))
    return Text.join(lines, "\n", "\n")
