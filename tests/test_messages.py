"""Every text a person reads: both languages, the same placeholders, none absent, none left over."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

import nqpf
from nqpf.messages import LANGUAGES, Text, catalogue, language, say, speak

ROOT = Path(nqpf.__file__).parent
HAN = re.compile(r"[\u3400-\u9fff]")
LATIN = re.compile(r"[A-Za-z]{2,}")

SAME_IN_CHINESE = {"choice.topsis"}
"""Messages that are an international name and have no Chinese character."""

ERRORS = ("NqpfError", "DataError", "PlaceError", "SpecError", "MethodError", "OutputError")
PREFIXES = {"say": "", "Note": "note.", "Finding": "finding."} | dict.fromkeys(ERRORS, "error.")
"""Calls whose first argument is the id of a message, and what stands before it in the catalogue."""

CODED = ("error.", "note.", "finding.")
"""Messages that are named by a code, which may reach the call in a variable; the code itself stands somewhere."""

DYNAMIC = {
    "multiverse.design.*",
    "multiverse.effect.*",
    "multiverse.noise.*",
    "multiverse.shares.*",
    "multiverse.slot.*",
    "multiverse.status.*",
    "multiverse.zone.*",
    "multiverse.zone_list.*",
    "multiverse.zone_none.*",
    "coherence.column.*",
    "coherence.flag.*",
    "coherence.severity.*",
    "coherence.todo.*",
    "audit.fault.*",
    "audit.level.*",
    "audit.scale.*",
    "audit.way.*",
    "audit.weights_from.*",
    "chart.*",
    "chart.completion.*",
    "choice.*",
    "choice.scope.*",
    "cli.*.*",
    "cli.*.help",
    "direction.*",
    "error.*",
    "error.*.todo",
    "expected.*",
    "file_kind.*",
    "finding.*",
    "index.parts.axis.*",
    "index.parts.caption.*",
    "layout.column.*",
    "layout.fixed.*",
    "layout.row.*",
    "layout.section.*",
    "layout.split.*",
    "modes.method.*",
    "modes.section.*",
    "modes.summary.*",
    "note.*",
    "place.scheme.*",
    "planning.column.*",
    "planning.targets.caption.*",
    "planning.targets.note.*",
    "productivity.*",
    "productivity.cause.*",
    "productivity.column.*",
    "productivity.reason.*",
    "productivity.reference.*",
    "productivity.rts.*",
    "productivity.section.*",
    "productivity.source.*",
    "productivity.state.*",
    "productivity.structure.*",
    "productivity.validity.*",
    "productivity.verdict.*",
    "panels.wanted.*",
    "panels.weights.*",
    "regions.beta.*",
    "regions.block.*",
    "regions.club.*",
    "regions.cluster.*",
    "regions.column.*",
    "regions.effect.*",
    "regions.effects.*",
    "regions.level.*",
    "regions.markov.note.*",
    "regions.mobility.*",
    "regions.part.*",
    "regions.turns.*",
    "regions.wind.*",
    "spatial.again.*",
    "spatial.answer.*",
    "spatial.effect.*",
    "spatial.term.*",
    "spatial.test.*",
    "statistic.*",
    "three_line.*",
    "blockages.compare.*",
    "blockages.kind.*",
    "blockages.needs.*",
    "blockages.number.*",
    "blockages.read.*",
    "blockages.state.*",
    "blockages.where.*",
    "lights.caution.*",
    "lights.needs.*",
    "lights.rule.*",
    "lights.what.*",
    "cautions.add.*",
    "cautions.column.*",
    "chokepoints.basis.*",
    "chokepoints.component.*",
    "chokepoints.meter.*",
    "industry.caution.*",
    "industry.caution.light.*",
    "industry.caution.name.*",
    "industry.caution.tier.*",
    "plan.column.*",
    "plan.constraint.*",
    "plan.entry.*",
    "plan.part.*",
    "plan.reason.*",
    "plan.rule.*",
    "plan.section.*",
    "plan.status.*",
    "plan.term.*",
    "industries.*.*",
    "industries.backtest.table.*",
    "industries.column.*",
    "industries.index.*",
    "industries.kind.*",
    "industries.linkage.*",
    "industries.missing.*",
    "industries.model.*",
    "industries.plane.*",
    "industries.pool.*",
    "industries.trend.*",
    "text.cite.kind.*",
    "texts.column.*",
    "texts.copy.*",
    "texts.duplicates.*",
    "texts.flag.*",
    "texts.light.*",
    "texts.match.*",
    "texts.mode.*",
    "texts.part.*",
    "texts.repeated.*",
    "texts.rule.*",
    "texts.section.*",
    "texts.side.*",
    "texts.status.*",
    "texts.verdict.*",
    "texts.way.*",
    "balances.column.*",
    "balances.lower.*",
    "balances.quadrant.*",
    "balances.trend.*",
    "circles.answer.*",
    "circles.direction.*",
    "circles.life.*",
    "circles.state.*",
    "paths.types.*",
    "paths.wanted.*",
    "scenario.lever.*",
    "scenario.measure.*",
    "scenario.source.*",
    "summary.chapter.*",
    "summary.needs.*",
    "theory_map.estimated.*",
    "theory_map.state.*",
    "theory_map.test.*",
    "beside.*",
    "leaps.cause.*",
    "leaps.outcome.*",
    "leaps.verdict.*",
    "report.*",
    "rule.*",
    "check.mix.*",
    "check.name.*",
    "check.say.*",
    "check.severity.*",
    "systems.direction.*",
    "systems.label.*",
    "systems.short.*",
    "systems.state.*",
    "theory.kind.*",
    "theory.label.*",
    "theory.status.*",
    "theory.status_short.*",
    "theory.tag.*.*",
    "tidy.note.*",
    "tidy.repair.*",
    "unit.dimension.*.*",
    "where.*",
    "studio.analyses.part.*",
    "studio.analyses.part.*.help",
    "studio.analyses.why.*",
    "studio.compare.differs.*",
    "studio.form.field.*",
    "studio.form.field.*.help",
    "studio.form.way.*",
    "studio.form.word.*.*",
    "studio.recipe.noise.*",
    "studio.recipe.option.*",
    "studio.recipe.say.*.*",
    "studio.recipe.step.*.about",
    "studio.recipe.step.*.title",
    "studio.recipe.word.*.*",
}
"""Ids that are put together while the program runs."""

ELSEWHERE = {"expected."}
"""Ids whose changing part is somebody else's word (pydantic's names of faults) and stands nowhere in our files."""


@cache
def read() -> tuple[tuple[tuple[str, ast.Call, str], ...], frozenset[str]]:
    """Return every call that names a message (id with ``*`` for what is filled in, call, place) and every string."""
    calls: list[tuple[str, ast.Call, str]] = []
    strings: set[str] = set()
    for file in sorted(ROOT.rglob("*.py")):
        # A tree is let go before the next: looking after all of them would take most of the time.
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"), filename=str(file))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                strings.add(node.value)
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            written = written_id(node.args[0])
            if name in PREFIXES and written is not None:
                calls.append((PREFIXES[name] + written, node, f"{file.relative_to(ROOT)}:{node.lineno}"))
    return tuple(calls), frozenset(strings)


def calls() -> tuple[tuple[str, ast.Call, str], ...]:
    return read()[0]


def written_id(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values)
    return None


@cache
def page_ids() -> tuple[tuple[str, str, str | None], ...]:
    """Return every message that the studio's page names: id (``*`` for what is filled in), file, values as written."""
    found = []
    for file in sorted((ROOT / "studio" / "page").rglob("*.js")):
        text, name = file.read_text(encoding="utf-8"), str(file.relative_to(ROOT))
        values = dict(re.findall(r'\bt\(\s*"(studio\.[\w.]+)"(?:,\s*\{((?:[^{}]|\{[^{}]*\})*)\}\s*)?\)', text))
        found += [(id, name, values.get(id)) for id in re.findall(r'"(studio\.[\w.]+)"', text)]
        found += [
            (re.sub(r"\$\{[^}]*\}", "*", id), name, None) for id in re.findall(r"`(studio\.[\w.${}()\[\]]+)`", text)
        ]
    return tuple(found)


def literals() -> frozenset[str]:
    return read()[1]


@cache
def words() -> frozenset[str]:
    """Return every word in the program's files other than the messages themselves."""
    files = (f for f in ROOT.rglob("*") if f.suffix in (".py", ".j2", ".js", ".mjs", ".yaml", ".csv"))
    return frozenset(w for f in files for w in re.findall(r"[A-Za-z0-9_]+", f.read_text(encoding="utf-8")))


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_every_message_has_both_languages_and_nothing_else() -> None:
    def leaves(table: dict[str, object], prefix: str = "") -> Iterator[tuple[str, set[str]]]:
        texts = {k for k, v in table.items() if isinstance(v, str)}
        if texts:
            yield prefix, texts
        for name, inner in table.items():
            if isinstance(inner, dict):
                yield from leaves(inner, f"{prefix}.{name}".strip("."))

    files = sorted((ROOT / "messages").glob("*.toml"))
    found = {
        f"{file.name}: {key}": texts
        for file in files
        for key, texts in leaves(tomllib.loads(file.read_text(encoding="utf-8")))
    }
    assert len(found) == len(catalogue()) > 300
    assert {key: texts for key, texts in found.items() if texts != set(LANGUAGES)} == {}


def test_no_message_is_empty() -> None:
    assert [key for key, text in catalogue().items() if not (text.zh.strip() and text.en.strip())] == []


def test_both_languages_have_the_same_placeholders() -> None:
    differing = {key for key, text in catalogue().items() if placeholders(text.zh) != placeholders(text.en)}
    assert differing == set()


def test_placeholders_are_names() -> None:
    odd = {key: p for key, text in catalogue().items() for p in placeholders(text.en) if not p.isidentifier()}
    assert odd == {}


def test_chinese_is_chinese_where_english_has_words() -> None:
    def bare(text: str) -> str:
        return re.sub(r"\{.*?\}", "", text)

    suspects = {k for k, t in catalogue().items() if LATIN.search(bare(t.en)) and not HAN.search(t.zh)}
    assert suspects == SAME_IN_CHINESE


def test_english_holds_no_chinese_character_but_the_names_of_things() -> None:
    # A form to fill in, a name or a sample of data may be Chinese; a sentence may not.
    suspects = {k for k, t in catalogue().items() if len(HAN.findall(t.en)) > 12}
    assert suspects == set()


def test_english_has_no_chinese_punctuation() -> None:
    assert {k for k, t in catalogue().items() if re.search("[，。；：、！？]", t.en)} == set()


def test_no_id_that_the_code_names_is_absent() -> None:
    named = [(key, where) for key, _, where in calls()] + [(key, where) for key, where, _ in page_ids()]
    absent = {f"{where} {key}" for key, where in named if "*" not in key and key not in catalogue()}
    assert absent == set()


def test_ids_put_together_at_run_time_are_listed_here_and_lead_somewhere() -> None:
    found = {key for key, _, _ in (*calls(), *page_ids()) if "*" in key}
    assert found == DYNAMIC
    for pattern in found:
        regex = re.compile(re.escape(pattern).replace(r"\*", ".+"))
        assert any(regex.fullmatch(key) for key in catalogue()), pattern


def test_no_message_is_unused() -> None:
    named = {key for key, _, _ in (*calls(), *page_ids())}
    patterns = [re.escape(p).replace(r"\*", "(.+)") for p in DYNAMIC if not p.startswith(CODED)]

    def is_used(key: str) -> bool:
        if key in named:
            return True
        if key.startswith(CODED):
            return key.partition(".")[2].removesuffix(".todo") in literals()
        for pattern in patterns:
            if found := re.fullmatch(pattern, key):
                outside = any(key.startswith(prefix) for prefix in ELSEWHERE)
                return outside or all(word in words() for part in found.groups() for word in part.split("."))
        return False

    assert [key for key in catalogue() if not is_used(key)] == []


def test_every_error_says_what_to_do() -> None:
    frames = {"error.body", "error.placed"}  # sentences that hold an error, no errors themselves
    errors = {key for key in catalogue() if key.startswith("error.") and not key.endswith(".todo")} - frames
    assert {key for key in errors if f"{key}.todo" not in catalogue()} == set()
    assert {key for key in catalogue() if key.endswith(".todo") and key.removesuffix(".todo") not in errors} == set()


def test_every_error_ends_its_sentences() -> None:
    ends = re.compile(r"[.。?？)）]$|\{(hint|todo|body)\}$")
    errors = {key: text for key, text in catalogue().items() if key.startswith("error.")}
    assert {key for key, text in errors.items() if not (ends.search(text.zh) and ends.search(text.en))} == set()


def given_names(key: str, call: ast.Call) -> set[str] | None:
    """Return the names of the values that a call hands over, or None where they travel in a variable."""
    if key.startswith(("note.", "finding.")):
        values = [k.value for k in call.keywords if k.arg == "values"] or call.args[2:3]
        if not values:
            return set() if key.startswith("note.") else None
        if not isinstance(values[0], ast.Dict) or None in values[0].keys:
            return None
        return {k.value for k in values[0].keys if isinstance(k, ast.Constant)}
    return None if any(k.arg is None for k in call.keywords) else {k.arg for k in call.keywords if k.arg}


def test_code_gives_every_placeholder_its_value() -> None:
    short = []
    for key, call, where in calls():
        given = given_names(key, call)
        if "*" in key or given is None:
            continue
        wanted = placeholders(catalogue()[key].en)
        if f"{key}.todo" in catalogue():
            wanted |= placeholders(catalogue()[f"{key}.todo"].en)
        if wanted - given:
            short.append(f"{where} {key}: {sorted(wanted - given)}")
    assert short == []


def test_the_page_gives_every_placeholder_its_value() -> None:
    short = []
    for key, where, values in page_ids():
        if values is None or "..." in values:
            continue
        given = set(re.findall(r"(?:^|,)\s*(\w+)\s*(?=[:,]|$)", values))
        if wanted := placeholders(catalogue()[key].en) - given:
            short.append(f"{where} {key}: {sorted(wanted)}")
    assert short == []


def test_values_are_filled_in_language_by_language() -> None:
    text = say("error.unknown_column", column="gpd", hint=Text("是", "yes"), options="gdp")
    assert "gpd" in text.zh
    assert "是" in text.zh
    assert "yes" in text.en


def test_braces_in_values_are_left_alone() -> None:
    assert "{x} {0}" in say("error.unknown_column", column="{x} {0}", hint="", options="").en


def test_an_absent_id_or_value_is_a_fault_of_the_program() -> None:
    with pytest.raises(KeyError):
        say("no.such.message")
    with pytest.raises(KeyError):
        say("error.unknown_column")


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"NQPF_LANG": "zh"}, "zh"),
        ({"NQPF_LANG": "EN"}, "en"),
        ({"NQPF_LANG": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, "zh"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LC_ALL": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "zh"),
        ({"NQPF_LANG": "fr", "LANG": "en_US.UTF-8"}, "en"),
    ],
)
def test_language_of_the_reader(environment: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NQPF_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert language() == expected


def test_speak_sets_the_language_for_a_while() -> None:
    text = Text("中", "E")
    assert str(text) == "E"
    with speak("zh"):
        assert (str(text), language()) == ("中", "zh")
        with speak("en"):
            assert str(text) == "E"
        assert str(text) == "中"
    assert str(text) == "E"


def test_join_uses_the_list_sign_of_each_language() -> None:
    joined = Text.join([Text("甲", "a"), "b"])
    assert (joined.zh, joined.en) == ("甲、b", "a, b")
