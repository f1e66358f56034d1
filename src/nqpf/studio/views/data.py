"""Step 1, the data: the views that the routes of the step ask for."""

from nqpf.studio.views.data_checks import checks
from nqpf.studio.views.data_coverage import coverage
from nqpf.studio.views.data_dropped import dropped
from nqpf.studio.views.data_sheet import cells
from nqpf.studio.views.data_understood import understood

__all__ = ["cells", "checks", "coverage", "dropped", "understood"]
