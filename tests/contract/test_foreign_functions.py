"""No number of the model comes from a function whose last bits depend on the machine: C library, NumPy's loops, SciPy.

Exponentials, logarithms, powers, cosines and quantiles are formulas of the project's own in ``sim/model/kernel``
(``elementary_functions``, ``elementary_arrays``, ``special_functions``, ``quantiles``). Use those.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import sim

SOURCE = Path(sim.__file__).parent / "model"

OF_MATH = {
    *("inf", "nan", "pi"),  # constants
    *("isnan", "isfinite", "isclose"),  # questions
    *("sqrt", "floor", "ceil"),  # rounded in one way by IEEE 754
    "prod",  # of whole numbers
}
"""What may be taken from ``math``."""

EXACT_LOOPS = {
    *("add", "subtract", "multiply", "divide", "negative", "absolute", "abs", "sqrt", "square", "sign"),
    *("floor", "ceil", "rint", "trunc", "floor_divide", "remainder", "mod", "fmod"),
    *("minimum", "maximum", "fmin", "fmax", "clip"),
    *("equal", "not_equal", "less", "less_equal", "greater", "greater_equal"),
    *("isnan", "isfinite", "isinf", "signbit", "copysign", "nextafter", "spacing"),
    *("logical_and", "logical_or", "logical_not", "logical_xor"),
    *("bitwise_and", "bitwise_or", "bitwise_xor", "invert", "left_shift", "right_shift"),
}
"""NumPy's loops that IEEE 754 rounds in one way, or that do not round."""

LOOPS = {name for name in dir(np) if isinstance(getattr(np, name), np.ufunc)}
FOREIGN_OF_NUMPY = (LOOPS - EXACT_LOOPS) | {
    *("linalg", "fft", "dot", "vdot", "inner", "outer", "einsum", "tensordot", "convolve", "corrcoef", "cov"),  # BLAS
    *("sinc", "i0", "logspace", "geomspace", "polyfit"),
}
"""NumPy's functions whose last bits depend on the processor."""

FOREIGN_MODULES = {"scipy", "cmath", "statistics", "mpmath"}
FOREIGN_NAMES = {"pow", "ExternalFunction", "get_cython_function_address"}


OWN_NAMES = {"math": "math", "numpy": "np"}
"""Names under which modules are known here, so that a call of theirs is seen."""


def foreign(text: str) -> Iterator[tuple[int, str]]:
    """Foreign functions that a module uses, with their lines."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names if _is_foreign_import(alias))
        elif isinstance(node, ast.ImportFrom):
            named = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from ((node.lineno, name) for name in named if _is_foreign(*name.split(".", 1)))
        elif isinstance(node, ast.Attribute):
            owner = next((name for name, own in OWN_NAMES.items() if ast.unparse(node.value) == own), "")
            if _is_foreign(owner, node.attr):
                yield node.lineno, ast.unparse(node)
        elif isinstance(node, ast.Name) and node.id in FOREIGN_NAMES:
            yield node.lineno, node.id
        elif isinstance(node, ast.AugAssign | ast.BinOp) and _is_power(node):
            yield node.lineno, ast.unparse(node)


def _is_foreign(module: str, name: str) -> bool:
    """Whether something of a module is foreign."""
    return (
        module in FOREIGN_MODULES
        or name in FOREIGN_NAMES
        or (module == "math" and name not in OF_MATH)
        or (module == "numpy" and name in FOREIGN_OF_NUMPY)
    )


def _is_foreign_import(alias: ast.alias) -> bool:
    """Whether a module is foreign, or comes under a name that hides it."""
    module = alias.name.partition(".")[0]
    hidden = module in OWN_NAMES and (alias.name != module or (alias.asname or module) != OWN_NAMES[module])
    return module in FOREIGN_MODULES or hidden


def _is_power(node: ast.AugAssign | ast.BinOp) -> bool:
    """Whether an expression is a power or a product of matrices. One of literals alone is a constant, and no number of a run."""
    return isinstance(node.op, ast.MatMult | ast.Pow) and not all(
        isinstance(each, ast.Constant | ast.BinOp | ast.UnaryOp | ast.operator | ast.unaryop) for each in ast.walk(node)
    )


@pytest.mark.recipe("mechanism")
@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_a_module_uses_no_foreign_function(path: Path) -> None:
    assert list(foreign(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "text",
    [
        "math.exp(x)",
        "math.log1p(x)",
        "math.erf(x)",
        "math.pow(x, 2.0)",
        "math.fmod(x, y)",
        "np.exp(x)",
        "np.expm1(x)",
        "np.cos(x)",
        "np.power(x, y)",
        "np.float_power(x, y)",
        "np.linalg.norm(x)",
        "x**y",
        "x**2",
        "2.0**x",
        "x **= 2",
        "a @ b",
        "pow(x, y)",
        "from math import exp",
        "from scipy.special import betaincinv",
        "import scipy.special",
        "import math as m",
        "from numpy import exp",
    ],
)
def test_a_foreign_function_is_found(text: str) -> None:
    assert list(foreign(text))


@pytest.mark.parametrize(
    "text",
    ["math.sqrt(x)", "math.nan", "2.0**-53", "-(2**32)", "np.sqrt(x) * np.floor(x)", "{**a}", "f(**a)", "exp(x)"],
)
def test_what_is_exact_may_be_used(text: str) -> None:
    assert list(foreign(text)) == []
