"""The words by which quotations are recognised, as patterns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any

from nqpf.yamlfile import Strict, load, validate


class Lexicon(Strict):
    """The words of ``lexicon.yaml``; its comments say what each list is for."""

    reported: tuple[str, ...]
    quoting: tuple[str, ...]
    not_after: tuple[str, ...]
    adverbs: tuple[str, ...]
    leads: tuple[str, ...]
    continues: tuple[str, ...]
    titles: tuple[str, ...]
    titles_before: tuple[str, ...]
    persons: tuple[str, ...]
    pronouns: tuple[str, ...]
    surnames: str
    follows: tuple[str, ...]
    organs: tuple[str, ...]
    generic: tuple[str, ...]
    joining: tuple[str, ...]
    holds: tuple[str, ...]
    occasion_ends: tuple[str, ...]
    occasion_verbs: tuple[str, ...]
    acts: tuple[str, ...]
    nouns_after: tuple[str, ...]
    words_after: tuple[str, ...]
    confidence: Mapping[str, float]


@cache
def lexicon() -> Lexicon:
    """Return the words."""
    with resources.as_file(resources.files(__package__).joinpath("lexicon.yaml")) as file:
        return validate(Lexicon, load(file))


def either(words: Iterable[str]) -> str:
    """Return a pattern that is any of the words, the longest first."""
    return "(?:" + "|".join(sorted(map(re.escape, words), key=len, reverse=True)) + ")"


@cache
def patterns() -> Mapping[str, re.Pattern[str]]:
    """Return the patterns that are made of the words, by name."""
    w = lexicon()
    verb = either((*w.reported, *w.quoting))
    said = f"(?<!{')(?<!'.join(map(re.escape, w.not_after))})(?P<verb>{verb})"
    lead = either(w.leads)
    name = f"[{w.surnames}][一-鿿]{{1,2}}"
    part = "[^\\s，。；：、！？“”‘’（）的在对和与及就为]"
    organ = f"(?:(?:{either(w.holds)})?{part}{{0,24}}?{either(w.organs)}|《[^》]{{2,60}}》)"
    made: dict[str, Any] = {
        "before": f"{said}(?P<particle>道|的是|到|过|了)?(?P<mark>[：:，,])?(?P<lead>{lead})?\\s*$",
        "of": f"{said}(?:过|了)?的\\s*$",
        "after": "^[，,]?(?:——)?(?P<who>[^，。；：、“”]{1,30}?)(?:对[^，。]{1,12})?"
        f"{either(w.adverbs)}?(?P<verb>{verb})(?=[，。：；,:])",
        "reported": (
            f"(?<!{')(?<!'.join(map(re.escape, w.not_after))})(?P<verb>{either(w.reported)})"
            f'(?:(?P<mark>[，,：:])(?!\\s*{lead}?\\s*[“「"])|(?={lead}(?!\\s*[“「"])))'
        ),
        "titled": f"{either(w.titles_before)}{name}",
        "named": f"{name}{either(w.titles)}",
        "person": either(w.persons),
        "subject": f"(?:^|[，,；;：:”])\\s*(?:{either(w.joining)}[，,]?)*(?P<who>[^，,；;：:“”。\\s]{{2,24}}?)"
        f"(?=$|{either(f for f in w.follows if len(f) > 1)}|[在就对向同与从于])[^，,；;：:“”。]*$",
        "organ": organ,
        "follows": f"^(?:$|[，、（(\\d ]|{either(w.follows)})",
        "acts": f"{either(w.acts)}$",
        "adverbs": f"{either(w.adverbs)}+$",
        "continues": f"^{either(w.continues)}",
        "nouns_after": f"^{either(w.nouns_after)}",
        "words_after": f"^{either(w.words_after)}",
        "at": f"在(?P<occasion>.+?)(?P<end>{either(w.occasion_ends)})$",
        "doing": f"(?P<occasion>{either(w.occasion_verbs)}.+?)(?P<end>时|期间|之际)$",
    }
    return {name: re.compile(pattern) for name, pattern in made.items()}
