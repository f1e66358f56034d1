"""The floors of the house: a room imports only from lower ones, and importing nqpf loads nothing heavy."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import nqpf

ROOT = Path(nqpf.__file__).parent

FLOORS = (
    ("cli", "__main__"),
    ("cli_text", "studio"),
    ("study",),
    ("report",),
    ("chapters",),
    ("charts",),
    ("synthesis",),
    ("index", "productivity", "regions", "industry", "text"),
    ("data", "theory"),
    ("numerics", "messages"),
)
"""Rooms from the top floor down; those of one floor do not import each other."""

BESIDE = ("errors", "frames", "results", "registry", "yamlfile", "parallel", "columns")
"""Files beside the rooms: any room may import them."""

BESIDE_MAY = {"errors": {"messages"}} | {name: {"messages", *BESIDE} for name in BESIDE if name != "errors"}
"""What they may import themselves; the registry names rooms as strings only."""

LEVEL = {room: level for level, rooms in enumerate(FLOORS) for room in rooms}


def room_of(file: Path) -> str:
    return file.relative_to(ROOT).parts[0].removesuffix(".py")


@cache
def nodes(file: Path) -> tuple[ast.AST, ...]:
    """Return what a file imports, takes from nqpf and calls by a name that imports."""
    return tuple(n for n in ast.walk(ast.parse(file.read_text(encoding="utf-8"), filename=str(file))) if is_read(n))


def is_read(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        return called(node) in ("import_module", "__import__")
    if isinstance(node, ast.Attribute):
        return isinstance(node.value, ast.Name) and node.value.id == "nqpf"
    return isinstance(node, ast.Import | ast.ImportFrom)


def called(node: ast.Call) -> str | None:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", None)


@cache
def imported(file: Path) -> tuple[tuple[str, int], ...]:
    """Return every room that a file imports, with the line; imports inside functions and for types count."""
    return tuple(rooms_of(file, nodes(file)))


def rooms_of(file: Path, found: Iterable[ast.AST]) -> Iterator[tuple[str, int]]:
    package = ["nqpf", *file.relative_to(ROOT).parts[:-1]]
    for node in found:
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                base = ".".join([*package[: len(package) - node.level + 1], *filter(None, [base])])
            names = [base] if base != "nqpf" else [f"nqpf.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "nqpf":
            names = [] if node.attr == "__version__" else [f"nqpf.{node.attr}"]
        for name in names:
            parts = name.split(".")
            if parts[0] == "nqpf" and len(parts) > 1:
                yield parts[1], node.lineno


def sources() -> list[Path]:
    return [f for f in sorted(ROOT.rglob("*.py")) if f != ROOT / "__init__.py"]


def test_every_room_has_its_floor() -> None:
    assert {room_of(f) for f in sources()} - LEVEL.keys() - set(BESIDE) == set()


def test_rooms_import_only_downwards() -> None:
    upwards = [
        f"{file.relative_to(ROOT)}:{line} imports {target}"
        for file in sources()
        if (room := room_of(file)) in LEVEL
        for target, line in imported(file)
        if target != room and target not in BESIDE and not (LEVEL.get(target, -1) > LEVEL[room])
        # ``python -m nqpf`` is the command line
        if (room, target) != ("__main__", "cli")
    ]
    assert upwards == []


def test_files_beside_the_rooms_import_no_room() -> None:
    wrong = [
        f"{file.name}:{line} imports {target}"
        for file in sources()
        if (name := room_of(file)) in BESIDE
        for target, line in imported(file)
        if target not in BESIDE_MAY[name]
    ]
    assert wrong == []


def test_the_lowest_floor_stands_on_nothing() -> None:
    allowed = {"messages": set(), "numerics": set(BESIDE)}
    wrong = [
        f"{file.relative_to(ROOT)}:{line} imports {target}"
        for file in sources()
        if (room := room_of(file)) in allowed
        for target, line in imported(file)
        if target != room and target not in allowed[room]
    ]
    assert wrong == []


LAZY = ("productivity", "regions", "industry", "text", "chapters", "study")
FRONT_DOORS = {ROOT / room / "__init__.py" for room in LAZY}
"""Of rooms that load a compiler, or all the others: their names are loaded when they are first used."""


def test_rooms_are_not_reached_by_name() -> None:
    """Nothing but the front doors of the package and of a room that loads a compiler imports by string."""
    doors = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file in sources()
        if file not in FRONT_DOORS
        for node in nodes(file)
        if isinstance(node, ast.Call)
    ]
    assert doors == []


def test_the_reading_of_imports_sees_all_kinds() -> None:
    text = (
        "from typing import TYPE_CHECKING\nimport nqpf.study\nfrom nqpf import report\nfrom nqpf.data import Panel\n"
        "import nqpf\nnqpf.charts\nnqpf.__version__\nfrom ..theory import items\nfrom . import recipe\n"
        "if TYPE_CHECKING:\n    import nqpf.cli\ndef f():\n    from nqpf.chapters import Chapter\n"
    )
    found = {target for target, _ in rooms_of(ROOT / "index" / "probe.py", ast.walk(ast.parse(text)))}
    assert found == {"study", "report", "data", "charts", "theory", "index", "cli", "chapters"}


def test_no_module_imports_pandas() -> None:
    users = [
        str(file.relative_to(ROOT))
        for file in sorted(ROOT.rglob("*.py"))
        for node in nodes(file)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names])
        if name and name.split(".")[0] == "pandas"
    ]
    assert users == []


def test_importing_nqpf_loads_nothing_heavy() -> None:
    code = "import sys, nqpf; print(*sorted({m.split('.')[0] for m in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"polars", "numpy", "scipy", "altair", "pydantic", "pandas", "narwhals", "vl_convert", "jinja2", "rich"}
    loaded = set(done.stdout.split())
    assert "nqpf" in loaded
    assert loaded & heavy == set()


def test_the_front_door_opens_on_every_name() -> None:
    assert [name for name in nqpf.__all__ if getattr(nqpf, name, None) is None] == []
    assert dir(nqpf) == nqpf.__all__
