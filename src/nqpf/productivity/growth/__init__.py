"""Growth accounting: growth accounts, KLEMS, the shake-off test, breaks, accelerations, sources of productivity."""

from nqpf.productivity.growth.accelerations import Accelerations, accelerations
from nqpf.productivity.growth.accounts import GrowthAccounts, growth_accounts
from nqpf.productivity.growth.breaks import Breaks, breaks
from nqpf.productivity.growth.klems import Klems, klems
from nqpf.productivity.growth.labour import LabourProductivity, labour_productivity
from nqpf.productivity.growth.shake_off import ShakeOff, shake_off

__all__ = [
    "Accelerations",
    "Breaks",
    "GrowthAccounts",
    "Klems",
    "LabourProductivity",
    "ShakeOff",
    "accelerations",
    "breaks",
    "growth_accounts",
    "klems",
    "labour_productivity",
    "shake_off",
]
