"""The command line: verbs only, each one call into the library. ``nqpf --help`` lists them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import cyclopts
from cyclopts import App, Parameter
from rich.console import Console

import nqpf
from nqpf.errors import DataError, NqpfError, OutputError, SpecError, hint
from nqpf.messages import Lang, Text, language, say, speak, spoken

if TYPE_CHECKING:
    from nqpf.data import ReadingRecipe, Tidied
    from nqpf.study import Assessment, Format

USAGE, INTERRUPTED = 2, 130
"""Exit codes: something the user can mend; Ctrl-C."""


def main() -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(command(sys.argv[1:]))


def command(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code: 0, 2 for what the user can mend, 130 after Ctrl-C."""
    for stream in (sys.stdout, sys.stderr):  # a console of another code page must not stop a run
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    lang, rest, wrong = _language(list(arguments))
    with speak(lang):
        try:
            if wrong is not None:
                raise SpecError("bad_choice", value=wrong, options="zh, en", hint="")
            if not rest or "--help" in rest or "-h" in rest:
                print(_help(rest))
            elif rest[0] == "--version":
                print(f"nqpf {nqpf.__version__}")
            else:
                _app()(rest, exit_on_error=False, print_error=False, result_action="return_value")
            sys.stdout.flush()  # not at the end of the program, where nobody hears that the reader of a pipe has gone
        except NqpfError as error:
            return _fail(error)
        except cyclopts.CycloptsError as error:
            problem, near = _problem(error)
            return _fail(SpecError("usage", problem=problem, hint=near))
        except KeyboardInterrupt:
            print(say("cli.interrupted"), file=sys.stderr)
            return INTERRUPTED
        except BrokenPipeError:  # the reader of a pipe has gone
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _fail(error: NqpfError) -> int:
    Console(stderr=True).print(f"[bold red]{say('cli.error')}[/]", end="")
    print(error, file=sys.stderr)
    return USAGE


def _language(arguments: list[str]) -> tuple[Lang | None, list[str], str | None]:
    """Take ``--lang zh|en`` out of the arguments, wherever it stands."""
    for i, word in enumerate(arguments):
        name, sign, value = word.partition("=")
        if name != "--lang":
            continue
        rest = arguments[:i] + arguments[i + (1 if sign else 2) :]
        given = value if sign else (arguments[i + 1] if i + 1 < len(arguments) else "")
        if given == "zh" or given == "en":
            return ("zh" if given == "zh" else "en"), rest, None
        return None, rest, given
    return None, arguments, None


def _problem(error: cyclopts.CycloptsError) -> tuple[Text, Text]:
    """Return what is wrong with a command line, and what may have been meant."""
    nothing = Text("", "")
    if isinstance(error, cyclopts.UnknownCommandError) and error.unused_tokens:
        word = error.unused_tokens[0]
        if word.startswith("-"):
            return say("cli.unknown_option", word=word), nothing
        return say("cli.unknown_command", word=word), hint(word, VERBS)
    if isinstance(error, cyclopts.UnusedCliTokensError) and error.unused_tokens:
        return say("cli.too_much", word=error.unused_tokens[0]), nothing
    if isinstance(error, cyclopts.RepeatArgumentError):
        return say("cli.repeated", word=error.token.keyword or error.token.value), nothing
    if isinstance(error, cyclopts.UnknownOptionError):
        return say("cli.unknown_option", word=error.token.keyword or error.token.value), nothing
    if isinstance(error, cyclopts.MissingArgumentError) and error.argument is not None:
        return say("cli.missing_argument", word=error.argument.name), nothing
    return Text.same(" ".join(str(error).split()).rstrip(".")), nothing


def _help(arguments: Sequence[str]) -> str:
    """Return how the whole program, or the verb among the arguments, is used."""
    verb = next((word for word in arguments if word in VERBS), None)
    if verb is not None:
        return "\n".join(str(say(f"cli.{verb}.{part}")) for part in ("help", "usage", "options"))
    width = max(map(len, VERBS)) + 2
    lines = [say("cli.help"), say("cli.usage"), *(f"  {name:<{width}}{say(f'cli.{name}.help')}" for name in VERBS)]
    return "\n".join(str(line) for line in (*lines, say("cli.options")))


def _app() -> App:
    """Return the command line; its help is ours, in the reader's language."""
    app = App(name="nqpf", help_flags=[], version_flags=[], suppress_keyboard_interrupt=False)
    for name, verb in VERBS.items():
        app.command(verb, name=name)
    return app


def run(study: Path, /, *, out: Path, formats: str | None = None) -> None:
    """Run a study and write its results to a folder."""
    from nqpf.study import run as run_study

    _write(lambda tell: run_study(study, tell), out, _formats(formats))


def _formats(asked: str | None) -> tuple[Format, ...] | None:
    """Return the formats of a list with commas; None where none is given."""
    if asked is None:
        return None
    from nqpf.study import FORMATS

    names = [name.strip().lower() for name in asked.split(",") if name.strip()]
    for name in (name for name in names if name not in FORMATS):
        raise SpecError("bad_choice", value=name, options=", ".join(FORMATS), hint=hint(name, FORMATS))
    return tuple(name for name in FORMATS if name in names) or None


def plan(study: Path, /, *, out: Path | None = None) -> None:
    """Plan industries for all regions of a study at once, and write the plan with its reasons to a folder."""
    from nqpf.study import Study, run_plan

    asked = Study.load(study)
    _write(lambda tell: run_plan(asked, tell), out or Path(f"nqpf-{asked.spec.study}-plan"))


def _write(
    job: Callable[[Callable[[Text], None]], Assessment], out: Path, formats: tuple[Format, ...] | None = None
) -> None:
    """Do what makes an assessment, write it to a folder, and print what it found."""
    from nqpf.study import check_folder

    check_folder(out)
    console = Console(stderr=True)
    with console.status("") as status:

        def tell(text: Text) -> None:
            status.update(str(text))

        assessment = job(tell)
        refused = None
        try:
            assessment.write(out, spoken(), progress=tell, formats=formats)
        except OutputError as error:
            if error.code != "formats_refused":
                raise
            refused = error
    for finding in assessment.findings:
        print(f"· {finding.text()}")
    if refused is not None:
        raise refused
    first = (formats or assessment.study.spec.report.formats)[0]
    print(say("cli.written", report=str(out / f"report.{first}")))


def demo(name: str = "thermal", /, *, out: Path | None = None, formats: str | None = None) -> None:
    """Run a study that comes with the package."""
    from nqpf.study import demo_path

    run(demo_path(name), out=out or Path(f"nqpf-{name}"), formats=formats)


def new(folder: Path, /, *, from_: Annotated[Path, Parameter(name="--from")]) -> None:
    """Write a commented study from a table."""
    from nqpf.study import new_study

    print(say("cli.new.done", study=str(new_study(folder, from_))))


def tidy(
    *files: Path,
    out: Path,
    ledger: Path | None = None,
    layout: Literal["long", "wide"] = "long",
    recipe: Path | None = None,
    write_recipe: Path | None = None,
    accept_repairs: bool = False,
    keep: Literal["neither", "first", "last"] = "neither",
    places: str = "auto",
    ask: bool = False,
) -> None:
    """Make one clean panel of files as they come."""
    from nqpf.data import ReadingRecipe, save, write
    from nqpf.data import tidy as tidy_files

    _need(files)

    def attempt(rules: ReadingRecipe) -> Tidied:
        return tidy_files(list(files), recipe=rules, accept_repairs=accept_repairs, keep=keep, places=places)

    rules = ReadingRecipe.of(recipe)
    done = _asking(attempt, rules) if ask else attempt(rules)
    for line in done.lines():
        print(line)
    written = [write(done.panel, out, layout, ledger=done.ledger if out.suffix.lower() == ".xlsx" else None)]
    if ledger is not None:
        written.append(write(done.ledger.frame, ledger))
    if write_recipe is not None:
        written.append(save(write_recipe, done.reading.recipe().to_yaml()))
    for path in written:
        print(say("cli.tidy.written", file=str(path)))


def _need(files: Sequence[Path]) -> None:
    if not files:
        raise SpecError("usage", problem=say("cli.missing_argument", word="FILES"), hint="")


def _asking(attempt: Callable[[ReadingRecipe], Tidied], rules: ReadingRecipe) -> Tidied:
    """Ask what the tables do not say, and attempt again with the answers, until no question is answered."""
    while True:
        try:
            done, fault = attempt(rules), None
            questions = done.questions
        except DataError as error:
            fault, questions = error, error.values.get("questions", ())
        asked = [(q, input(str(say("cli.tidy.ask", why=q.why, file=q.file, key=q.key))).strip()) for q in questions]
        if not any(answer for _, answer in asked):
            if fault is not None:
                raise fault
            return done
        for question, answer in asked:
            if answer:
                rules = rules.knowing(question.file, question.sheet, **{question.key: answer})


def check(*files: Path, out: Path | None = None) -> None:
    """Check a study, or files of data, without writing anything else."""
    _need(files)
    if len(files) == 1 and files[0].suffix.lower() in (".yaml", ".yml"):
        from nqpf.study import Study, check_study

        for line in check_study(Study.load(files[0])):
            print(line)
        return
    from nqpf.data import check_tables, read, write

    reading = read(list(files), faults="apart")
    found = check_tables(reading)
    for line in [*(note.text() for note in (*reading.notes, *found.notes) if note.severity != "info"), *found.lines()]:
        print(line)
    counts = {"findings": len(found), "errors": found.errors, "warnings": found.warnings}
    print(say("cli.check.counts", cells=reading.frame.height + reading.totals.height, **counts))
    if out is not None:
        print(say("cli.tidy.written", file=str(write(found, out))))


def audit(
    *results: Path,
    panel: Path | None = None,
    framework: Path | None = None,
    study: Path | None = None,
    out: Path | None = None,
) -> None:
    """Say which recipe gives published weights and scores, or which known fault does."""
    from nqpf.data import write
    from nqpf.study import audit_files

    _need(results)
    found = audit_files(list(results), panel=panel, framework=framework, study=study)
    for line in found.lines():
        print(f"· {line}")
    if out is not None:
        print(say("cli.tidy.written", file=str(write(found.to_frame(), out))))


def compare(
    study: Path,
    /,
    *,
    systems: str,
    out: Path | None = None,
    coverage: float = 0.5,
    any_dimension: bool = False,
    within: int = 3,
) -> None:
    """Run published systems on a study's data beside its own index."""
    from nqpf.study import check_folder, compare_study

    if out is not None:
        check_folder(out)
    wanted = [name.strip() for name in systems.replace("，", ",").split(",") if name.strip()]
    with Console(stderr=True).status("") as status:
        done = compare_study(
            study,
            wanted,
            min_coverage=coverage,
            every_dimension=not any_dimension,
            within=within,
            progress=lambda text: status.update(str(text)),
        )
    for line in (*(n.text() for n in done.notes if n.severity == "warning"), *done.lines()):
        print(line)
    if out is not None:
        done.write(out)
        print(say("cli.compare.written", folder=str(out)))


def methods(id: str | None = None, /) -> None:
    """List the methods, or show one with its formula, options and source."""
    from nqpf.registry import describe, method
    from nqpf.registry import methods as all_methods

    if id is not None:
        print(describe(method(id)))
        return
    width = max(len(known) for known in all_methods())
    for known, entry in all_methods().items():
        print(f"{known:<{width}}  {entry.title}")


def theory(id: str | None = None, /, *, diagram: bool = False, systems: bool = False, coverage: bool = False) -> None:
    """Print the theory: all items, one item, the logic diagram, published systems, or what can be measured of it."""
    from nqpf import theory as room

    lang = language()
    if systems or id in {one.id for one in room.systems()}:
        print(room.describe_system(id, lang) if id else room.systems_overview(lang))
        return
    if coverage:
        print(room.coverage_text(lang))
        return
    print(room.diagram_text(lang) if diagram else room.describe(id, lang) if id else room.overview(lang))


def text(
    action: Literal["ingest", "search", "quote", "count", "evidence", "duplicates"],
    *words: str,
    corpus: Path = Path("nqpf-corpus"),
    metadata: Path | None = None,
    corrections: Path | None = None,
    encoding: str | None = None,
    match: Literal["exact", "folded", "loose"] = "folded",
    region: str | None = None,
    year: int | None = None,
    limit: int = 20,
    out: Path | None = None,
) -> None:
    """Read texts into a corpus, search it, check quotations, count terms, find evidence and duplicates."""
    from nqpf.cli_text import answer
    from nqpf.data import write

    options: dict[str, Any] = {"metadata": metadata, "corrections": corrections, "encoding": encoding}
    options |= {"match": match, "region": region, "year": year}
    lines, frame = answer(action, words, corpus, options, limit)
    for line in lines:
        print(line)
    if out is not None and frame is not None:
        print(say("cli.tidy.written", file=str(write(frame, out))))


def studio(folder: Path | None = None, /, *, port: int = 0, browser: bool = True) -> None:
    """Open the studio, a local web page, on a folder of sessions."""
    try:
        from nqpf.studio.serve import serve
    except ModuleNotFoundError as error:
        raise SpecError("studio_extra", package=error.name, extra="studio") from None
    serve(folder, port, browser, lambda text: print(text, flush=True))


VERBS = {
    verb.__name__: verb for verb in (run, demo, studio, plan, new, tidy, check, audit, compare, text, methods, theory)
}
