"""LaTeX commands that formulas may use, and how typst writes them."""

from __future__ import annotations

from collections.abc import Mapping

GREEK = (
    "alpha", "beta", "gamma", "delta", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu", "xi", "pi", "rho",
    "sigma", "tau", "upsilon", "chi", "psi", "omega", "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma",
    "Upsilon", "Phi", "Psi", "Omega",
)  # fmt: skip
SYMBOLS: Mapping[str, str] = {
    **{name: name for name in GREEK},
    "epsilon": "epsilon.alt", "varepsilon": "epsilon", "phi": "phi.alt", "varphi": "phi", "vartheta": "theta.alt",
    "varrho": "rho.alt", "varsigma": "sigma.alt",
    "ge": "≥", "geq": "≥", "le": "≤", "leq": "≤", "ne": "≠", "neq": "≠", "ll": "≪", "gg": "≫", "sim": "∼",
    "approx": "≈", "equiv": "≡", "cong": "≅", "propto": "∝", "in": "∈", "notin": "∉", "ni": "∋", "subset": "⊂",
    "subseteq": "⊆", "supset": "⊃", "supseteq": "⊇", "cup": "∪", "cap": "∩", "setminus": "∖", "emptyset": "∅",
    "forall": "∀", "exists": "∃", "neg": "¬", "land": "∧", "lor": "∨", "wedge": "∧", "vee": "∨", "mid": "∣",
    "perp": "⟂", "top": "⊤", "prime": "′", "infty": "∞", "partial": "∂", "nabla": "∇", "ell": "ℓ", "cdot": "⋅",
    "times": "×", "div": "÷", "circ": "∘", "oplus": "⊕", "otimes": "⊗", "odot": "⊙", "ast": "∗", "star": "⋆",
    "pm": "±", "mp": "∓", "to": "→", "rightarrow": "→", "leftarrow": "←", "leftrightarrow": "↔", "mapsto": "↦",
    "Rightarrow": "⇒", "Leftarrow": "⇐", "Leftrightarrow": "⇔", "uparrow": "↑", "downarrow": "↓",
    "ldots": "…", "dots": "…", "cdots": "⋯", "vdots": "⋮", "ddots": "⋱", "langle": "⟨", "rangle": "⟩",
    "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "lVert": "‖", "rVert": "‖", "Vert": "‖",
    "lvert": r"\|", "rvert": r"\|", "vert": r"\|", "sum": "∑", "prod": "∏", "int": "∫", "bigcup": "⋃", "bigcap": "⋂",
    "%": r"\%", "#": r"\#", "&": r"\&", "_": r"\_", "$": r"\$", "{": r"\{", "}": r"\}", "|": "‖",
}  # fmt: skip
SPACES = {
    ",": "thin", ":": "med", ";": "thick", " ": "#h(0.25em)", "!": "#h(-0.1667em)", "quad": "quad",
    "qquad": "#h(2em)",
}  # fmt: skip
OPERATORS = ("ln", "log", "exp", "sin", "cos", "tan", "arg", "dim", "det", "gcd", "deg", "ker", "tanh", "sinh", "cosh")
LIMITS = ("max", "min", "sup", "inf", "lim", "limsup", "liminf", "Pr", "argmax", "argmin")
ACCENTS = {
    "bar": "macron", "hat": "hat", "widehat": "hat", "tilde": "tilde", "widetilde": "tilde", "dot": "dot",
    "ddot": "dot.double", "vec": "arrow", "check": "caron", "breve": "breve",
}  # fmt: skip
AROUND = {
    "overline": "overline", "underline": "underline", "mathbf": "bold(upright", "boldsymbol": "bold",
    "mathit": "italic", "mathcal": "cal", "mathbb": "bb", "mathfrak": "frak", "mathsf": "sans", "mathtt": "mono",
}  # fmt: skip
BRACES = {"underbrace": "_", "overbrace": "^"}
FRACTIONS = {"frac": "frac({}, {})", "tfrac": "inline(frac({}, {}))", "dfrac": "display(frac({}, {}))"}
SIZES = {"big": 1.2, "Big": 1.8, "bigg": 2.4, "Bigg": 3.0}
WORDS = ("text", "textrm", "textnormal", "mathrm", "operatorname", "operatorname*")
CHARACTERS = {"-": "−", "*": "∗", "'": "′", "~": "space.nobreak"}
"""Characters that LaTeX writes for another."""
