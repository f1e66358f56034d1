"""Studies: one YAML file in, one assessment out."""

from nqpf.study.assess import check_study, run, run_plan
from nqpf.study.assessment import Assessment
from nqpf.study.audit import audit_files
from nqpf.study.compare import StudyComparison, compare_study
from nqpf.study.demos import demo_names, demo_path
from nqpf.study.folder import check_folder
from nqpf.study.new import new_study
from nqpf.study.spec import FORMATS, Format, Study

__all__ = [
    "FORMATS",
    "Assessment",
    "Format",
    "Study",
    "StudyComparison",
    "audit_files",
    "check_folder",
    "check_study",
    "compare_study",
    "demo_names",
    "demo_path",
    "new_study",
    "run",
    "run_plan",
]
