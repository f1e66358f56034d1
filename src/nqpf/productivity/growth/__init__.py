"""Growth accounting: growth accounts, KLEMS, the shake-off test, breaks, accelerations, sources of productivity."""

from nqpf.productivity.growth.accelerations import Accelerations, accelerations
from nqpf.productivity.growth.accounts import GrowthAccounts, growth_accounts
from nqpf.productivity.growth.breaks import Breaks, breaks
from nqpf.productivity.growth.decoupling import Decoupling, decoupling
from nqpf.productivity.growth.displacement import Displacement, displacement
from nqpf.productivity.growth.klems import Klems, klems
from nqpf.productivity.growth.labour import LabourProductivity, labour_productivity
from nqpf.productivity.growth.marginal_product import MarginalProduct, marginal_product
from nqpf.productivity.growth.path_break import PathBreak, path_break
from nqpf.productivity.growth.payoffs import Payoffs, payoffs
from nqpf.productivity.growth.shake_off import ShakeOff, shake_off
from nqpf.productivity.growth.skill_bias import SkillBias, skill_bias

__all__ = [
    "Accelerations",
    "Breaks",
    "Decoupling",
    "Displacement",
    "GrowthAccounts",
    "Klems",
    "LabourProductivity",
    "MarginalProduct",
    "PathBreak",
    "Payoffs",
    "ShakeOff",
    "SkillBias",
    "accelerations",
    "breaks",
    "decoupling",
    "displacement",
    "growth_accounts",
    "klems",
    "labour_productivity",
    "marginal_product",
    "path_break",
    "payoffs",
    "shake_off",
    "skill_bias",
]
