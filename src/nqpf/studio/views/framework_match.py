"""Which of a session's series can feed an indicator of the catalogue or of a published system.

Only sameness of names counts: the series goes by the indicator's id or title, or every quantity that the indicator's
formula names in words is the name of a series. It is a proposal; the formula stands in the tree to be read and changed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from nqpf.data.dimensions import check_formula
from nqpf.data.panel import Panel
from nqpf.errors import NqpfError
from nqpf.messages import LANGUAGES, Text
from nqpf.studio.views.framework_series import by_name, folded, reference
from nqpf.theory.catalogue import CatalogueIndicator, catalogue
from nqpf.theory.systems import System, SystemIndicator

Terms = tuple[tuple[Text, str | None], ...]
By = Literal["id", "title", "words", "system", "catalogue"]
SIGNS = {"÷": "/", "×": "*", "−": "-", "（": "(", "）": ")"} | {sign: sign for sign in "+()"}
"""How formulas in words are written; a hyphen or a stroke is part of a name."""

_PARTS = re.compile(rf"([{re.escape(''.join(SIGNS))}])")


@dataclass(frozen=True, slots=True)
class Feed:
    """What an indicator can be computed from.

    Attributes
    ----------
    formula
        Formula over series; None where the data do not have all that it takes.
    by
        How it was found: the series' ``id`` or ``title``; the ``words`` of the indicator's formula; ``system``: written
        in the study for this published system; ``catalogue``: as the study's own indicator of that entry.
    terms
        The quantities that the indicator's formula names in words, each with the series of that name or None.
    """

    formula: str | None = None
    by: By | None = None
    terms: Terms = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as it goes to the page."""
        terms = [{"words": words, "series": series} for words, series in self.terms]
        return {"formula": self.formula, "by": self.by, "terms": terms}


class Matcher:
    """Finds what a session's data can give.

    Parameters
    ----------
    panel
        The raw series; None where there are none.
    own
        Formula of each catalogue entry that the session's framework already holds.
    written
        Formulas that the study writes for indicators of published systems, by system and indicator.
    """

    def __init__(
        self,
        panel: Panel | None,
        own: Mapping[str, str] | None = None,
        written: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        self._names = by_name(panel) if panel is not None else {}
        self._measures = {s.id: s.measure for s in panel.series} if panel is not None else {}
        self._own = own or {}
        self._written = written or {}

    def entry(self, one: CatalogueIndicator) -> Feed:
        """Return what an entry of the catalogue can be computed from."""
        return self._found(one.id, one.title, one.formula, one.unit)

    def indicator(self, system: System, one: SystemIndicator) -> Feed:
        """Return what an indicator of a published system can be computed from."""
        stated = self._written.get(system.id, {}).get(one.id)
        if stated is not None:
            return Feed(stated, "system")
        if one.catalogue in self._own:
            return Feed(self._own[str(one.catalogue)], "catalogue")
        if one.series is not None and folded(one.series) in self._names:
            return Feed(reference(self._names[folded(one.series)]), "id")
        # An id such as "rd" is a system's own shorthand; only its title, its words and the catalogue's speak of data.
        found = self._found(None, one.title, one.formula, one.unit)
        if found.formula is None and one.catalogue is not None:
            entry = next(c for c in catalogue() if c.id == one.catalogue)
            known = self.entry(entry)
            return known if known.formula is not None or not found.terms else found
        return found

    def count(self, system: System) -> int:
        """Return how many of a system's indicators can be computed."""
        return sum(self.indicator(system, one).formula is not None for one in system.indicators)

    def _found(self, id: str | None, title: Text, words: Text | None, unit: Text | None) -> Feed:
        terms, composed = self._composed(words)
        if id is not None and folded(id) in self._names:
            return Feed(reference(self._names[folded(id)]), "id", terms)
        for lang in LANGUAGES:
            if folded(title[lang]) in self._names:
                return Feed(reference(self._names[folded(title[lang])]), "title", terms)
        if composed is None:
            return Feed(terms=terms)
        return Feed(self._scaled(composed, unit), "words", terms)

    def _composed(self, words: Text | None) -> tuple[Terms, str | None]:
        """Return the quantities a formula in words names with their series, and the formula over these series."""
        if words is None:
            return (), None
        tried = [self._terms(words[lang]) for lang in LANGUAGES]
        composed = next((formula for _, formula in tried if formula is not None), None)
        one, other = (terms for terms, _ in tried)
        if len(one) == len(other):  # the two languages name the same things in the same order
            pairs = zip(one, other, strict=True)
            return tuple((Text(zh, en), first or second) for (zh, first), (en, second) in pairs), composed
        best = max((one, other), key=lambda terms: sum(series is not None for _, series in terms))
        return tuple((Text.same(name), series) for name, series in best), composed

    def _terms(self, words: str) -> tuple[list[tuple[str, str | None]], str | None]:
        """Return the quantities a formula in one language names, and the formula if each is the name of a series."""
        terms: dict[str, str | None] = {}
        made = []
        for part in (part.strip() for part in _PARTS.split(words) if part.strip()):
            if part in SIGNS or re.fullmatch(r"\d+(\.\d+)?", part):
                made.append(SIGNS.get(part, part))
                continue
            terms[part] = self._names.get(folded(part))
            made.append(reference(terms[part] or part))
        whole = bool(terms) and None not in terms.values()
        return list(terms.items()), " ".join(made) if whole else None

    def _scaled(self, formula: str, unit: Text | None) -> str:
        """Return a formula with the factor that its unit asks for, where the units of its series tell."""
        try:
            check_formula(formula, self._measures, unit or Text.same(""), indicator="·")
        except NqpfError as error:
            return str(error.values.get("mended", formula))
        return formula
