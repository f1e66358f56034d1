"""Roles: the sides that circles, balances and readings of the theory speak of, told by marks on indicators.

“Education” or “the market” is whatever indicators carry its marks (theory items or tags of the catalogue), never a list
of names. The roles lie in ``roles.yaml``; a role that no indicator fills is not measured.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal, Protocol, TypeVar

from ruamel.yaml import YAML

from nqpf.errors import SpecError, hint, listing
from nqpf.messages import Text
from nqpf.theory.catalogue import TAGS, VOCABULARY
from nqpf.theory.items import item

SetKind = Literal["circle", "balance", "reading"]
MARKS = ("theory", *TAGS)
"""What a condition may ask of an indicator."""


class Marked(Protocol):
    """Whatever offers marks: an indicator of a framework or of the catalogue."""

    @property
    def theory(self) -> tuple[str, ...]:
        """Ids of the theory items it measures, the most direct first."""

    @property
    def tags(self) -> Mapping[str, str]:
        """Its tags by name, e.g. ``{"element": "labourer"}``."""


M = TypeVar("M", bound=Marked)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Condition:
    """Marks that must all agree.

    Attributes
    ----------
    theory
        Theory items, one of which an indicator must carry; empty: none is asked for.
    tags
        Name of a tag and the words it may hold, for each tag asked for.
    """

    theory: tuple[str, ...]
    tags: tuple[tuple[str, tuple[str, ...]], ...]

    def rank(self, indicator: Marked) -> int | None:
        """Return at which of its theory items an indicator meets the condition, counted from 0; None if it does not.

        A condition on tags alone is met after all of its items: a tag says less of what an indicator is for.
        """
        if any(indicator.tags.get(name) not in words for name, words in self.tags):
            return None
        if not self.theory:
            return len(indicator.theory)
        return next((at for at, id in enumerate(indicator.theory) if id in self.theory), None)


@dataclass(frozen=True, slots=True)
class Role:
    """A side of a circle, balance or reading.

    Attributes
    ----------
    id
        Short English name, e.g. ``"education"``.
    title
        Its name in both languages.
    item
        Theory item it comes from.
    conditions
        Conditions, one of which an indicator must meet.
    """

    id: str
    title: Text
    item: str
    conditions: tuple[Condition, ...]

    def rank(self, indicator: Marked) -> int | None:
        """Return by which of its theory items an indicator fills the role, from 0; None if it does not fill it."""
        found = [rank for condition in self.conditions if (rank := condition.rank(indicator)) is not None]
        return min(found, default=None)


@dataclass(frozen=True, slots=True)
class RoleSet:
    """Roles that are read together.

    Attributes
    ----------
    id
        Short English name, e.g. ``"education_science_talent"``.
    kind
        ``circle``: each role feeds the next and the last the first; ``balance``: sides that must keep in step;
        ``reading``: parts that stand side by side.
    title
        Its name in both languages.
    item
        Theory item that it reads; None where each role reads its own.
    roles
        The roles, in reading order.
    """

    id: str
    kind: SetKind
    title: Text
    item: str | None
    roles: tuple[Role, ...]

    @property
    def edges(self) -> tuple[tuple[Role, Role], ...]:
        """From each role to the next; of a circle also from the last to the first."""
        ahead = self.roles[1:] + (self.roles[:1] if self.kind == "circle" else ())
        return tuple(zip(self.roles, ahead, strict=False))


@cache
def roles() -> tuple[Role, ...]:
    """Return every role, in reading order.

    Examples
    --------
    >>> [one.title.en for one in roles()[:3]]
    ['Education', 'Science and technology', 'Talent']
    """
    return tuple(_role(one) for one in _read()["roles"])


def role(id: str) -> Role:
    """Return one role.

    Raises
    ------
    SpecError
        No role has this id (``unknown_role``).

    Examples
    --------
    >>> role("finance").item
    'K01'
    """
    return _named(id, {one.id: one for one in roles()}, "unknown_role")


@cache
def circles() -> tuple[RoleSet, ...]:
    """Return the circles: education–science–talent, science–industry–finance, supply–demand, four chains.

    Examples
    --------
    >>> [one.item for one in circles()]
    ['H01', 'H02', 'H03', 'F12']
    >>> [(a.id, b.id) for a, b in circles()[2].edges]
    [('supply', 'demand'), ('demand', 'supply')]
    """
    return _sets("circle")


@cache
def balances() -> tuple[RoleSet, ...]:
    """Return the balances: forces–relations, elements, self–open, new–old (the four relations), market–government.

    Examples
    --------
    >>> [one.id for one in balances()]
    ['forces_relations', 'elements', 'self_open', 'new_old', 'market_government']
    """
    return _sets("balance")


@cache
def readings() -> tuple[RoleSet, ...]:
    """Return the readings: eight abilities, five parts of the new development concept, three abilities towards nature.

    Examples
    --------
    >>> {one.id: len(one.roles) for one in readings()}
    {'abilities': 8, 'concepts': 5, 'nature': 3}
    """
    return _sets("reading")


def role_set(id: str) -> RoleSet:
    """Return one circle, balance or reading.

    Raises
    ------
    SpecError
        None has this id (``unknown_role_set``).

    Examples
    --------
    >>> role_set("abilities").roles[0].title.zh
    '技术创新力'
    """
    return _named(id, {one.id: one for one in role_sets()}, "unknown_role_set")


def role_sets() -> tuple[RoleSet, ...]:
    """Return all circles, balances and readings."""
    return circles() + balances() + readings()


def select(role: Role | str, indicators: Iterable[M]) -> tuple[M, ...]:
    """Return the indicators that carry the marks of a role, in the order given; none: the role is not measured.

    Parameters
    ----------
    role
        A role, or its id.
    indicators
        Indicators of a framework or of the catalogue.

    Examples
    --------
    >>> from nqpf.theory import catalogue
    >>> [one.id for one in select("finance", catalogue())]
    ['vc_gdp', 'dfi']
    """
    wanted = _role_of(role)
    return tuple(one for one in indicators if wanted.rank(one) is not None)


def assign(roles: RoleSet | Sequence[Role], indicators: Iterable[M]) -> dict[str, tuple[M, ...]]:
    """Give each indicator to one role at most, so that no two roles agree because they share a number.

    An indicator that fills several roles goes to the one that the earliest of its theory items speaks for; if that is
    the same item, to the role that comes first.

    Parameters
    ----------
    roles
        A circle, balance or reading, or roles in reading order.
    indicators
        Indicators of a framework or of the catalogue.

    Returns
    -------
    dict
        The indicators of every role by its id; an empty tuple for a role that is not measured.

    Examples
    --------
    >>> from nqpf.theory import catalogue
    >>> [one.id for one in assign(role_set("education_science_talent"), catalogue())["talent"]]
    ['rd_fte_per10k', 'skilled_share']
    """
    wanted = roles.roles if isinstance(roles, RoleSet) else tuple(roles)
    found: dict[str, tuple[M, ...]] = {one.id: () for one in wanted}
    for indicator in indicators:
        ranks = [(rank, at) for at, one in enumerate(wanted) if (rank := one.rank(indicator)) is not None]
        if ranks:
            chosen = wanted[min(ranks)[1]].id
            found[chosen] = (*found[chosen], indicator)
    return found


def _role_of(given: Role | str) -> Role:
    return role(given) if isinstance(given, str) else given


def _named(id: str, known: Mapping[str, T], code: str) -> T:
    if id not in known:
        raise SpecError(code, id=id, hint=hint(id, known), known=listing(known, most=len(known)))
    return known[id]


@cache
def _read() -> dict[str, Any]:
    text = resources.files("nqpf.theory").joinpath("roles.yaml").read_text(encoding="utf-8")
    raw: dict[str, Any] = YAML(typ="safe", pure=True).load(text)
    return raw


def _sets(kind: SetKind) -> tuple[RoleSet, ...]:
    return tuple(
        RoleSet(one["id"], kind, _title(one), one.get("item"), tuple(role(id) for id in one["roles"]))
        for one in _read()[f"{kind}s"]
    )


def _role(raw: Mapping[str, Any]) -> Role:
    return Role(raw["id"], _title(raw), raw["item"], tuple(_condition(raw["id"], one) for one in raw["any"]))


def _title(raw: Mapping[str, Any]) -> Text:
    return Text(**raw["title"]) if "title" in raw else item(raw["item"]).title


def _condition(role: str, raw: Mapping[str, Any]) -> Condition:
    asked = {mark: tuple(words) if isinstance(words, list) else (words,) for mark, words in raw.items()}
    for mark, words in asked.items():
        if mark not in MARKS:
            raise ValueError(f"roles.yaml, {role}: {mark!r} is none of {MARKS}")
        if mark != "theory" and not set(words) <= set(VOCABULARY[mark]):
            raise ValueError(f"roles.yaml, {role}: {mark} holds none of {words}")
    theory = asked.pop("theory", ())
    for id in theory:
        item(id)
    return Condition(theory, tuple(asked.items()))
