"""Studies that come with the package, with their data; each folder has a README of what it can and cannot say."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from nqpf.errors import SpecError, hint, listing


def demo_names() -> list[str]:
    """Return the names of the demos."""
    root = Path(str(resources.files(__name__)))
    return sorted(p.parent.name for p in root.glob("*/study.yaml"))


def demo_path(name: str) -> Path:
    """Return the path of a demo's study; a SpecError names what there is if it is absent."""
    if name not in demo_names():
        raise SpecError("unknown_demo", demo=name, options=listing(demo_names()), hint=hint(name, demo_names()))
    return Path(str(resources.files(__name__))) / name / "study.yaml"
