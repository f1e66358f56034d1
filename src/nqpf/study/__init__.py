"""Studies: one YAML file in, one assessment out.

Names are loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nqpf.study.assess import check_study, run, run_plan
    from nqpf.study.assessment import Assessment
    from nqpf.study.audit import audit_files
    from nqpf.study.compare import StudyComparison, compare_study
    from nqpf.study.demos import demo_names, demo_path
    from nqpf.study.folder import check_folder
    from nqpf.study.new import new_study
    from nqpf.study.spec import FORMATS, Format, Study
    from nqpf.study.tracing import Trace, trace

_HOME = {
    "FORMATS": "spec",
    "Assessment": "assessment",
    "Format": "spec",
    "Study": "spec",
    "StudyComparison": "compare",
    "Trace": "tracing",
    "audit_files": "audit",
    "check_folder": "folder",
    "check_study": "assess",
    "compare_study": "compare",
    "demo_names": "demos",
    "demo_path": "demos",
    "new_study": "new",
    "run": "assess",
    "run_plan": "assess",
    "trace": "tracing",
}

__all__ = [
    "FORMATS",
    "Assessment",
    "Format",
    "Study",
    "StudyComparison",
    "Trace",
    "audit_files",
    "check_folder",
    "check_study",
    "compare_study",
    "demo_names",
    "demo_path",
    "new_study",
    "run",
    "run_plan",
    "trace",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"nqpf.study.{_HOME[name]}"), name)
    raise AttributeError(f"module 'nqpf.study' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
