"""Equations in LaTeX, made from the code of the rules, so that they say what runs.

A rule is a function of numbers: names given to parts of the result, cases, and a result. Each becomes a line. A rule that needs a
loop has no equation of its own; its docstring says what it does.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Sequence

from sim.model.kernel import time_constants
from sim.model.kernel.sums import clip

SHARED: tuple[Callable[..., float], ...] = (
    time_constants.closed_in_a_week,
    time_constants.kept_after_a_week,
    time_constants.saturating,
    clip,
)
"""Functions that equations of several mechanisms call."""

_OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: " + ", ast.Sub: " - ", ast.Mult: r" \cdot ", ast.Eq: " = ", ast.NotEq: r" \neq ", ast.Lt: " < ",
    ast.LtE: r" \leq ", ast.Gt: " > ", ast.GtE: r" \geq ", ast.And: r" \land ", ast.Or: r" \lor ", ast.BitAnd: r" \land ",
    ast.BitOr: r" \lor ", ast.Mod: r" \bmod ",
}  # fmt: skip
_STRENGTH: dict[type[ast.AST], int] = {
    ast.Or: 1, ast.BitOr: 1, ast.And: 2, ast.BitAnd: 2, ast.Compare: 4, ast.Add: 5, ast.Sub: 5, ast.Mult: 6, ast.Mod: 6,
    ast.USub: 7, ast.Pow: 8,
}  # fmt: skip
_FUNCTIONS = {
    "exp": r"\exp", "log": r"\ln", "max": r"\max", "min": r"\min", "log1p": r"\operatorname{ln1p}",
    "expm1": r"\operatorname{expm1}", "cosine": r"\cos",
}  # fmt: skip
_CASTS = {"float", "int", "bool", "as_float"}


class _NoEquationError(Exception):
    """The code has a loop, or another thing that is no equation."""


def equation_of(rule: Callable[..., object]) -> str:
    """The rule as LaTeX, without dollar signs; empty if it is no equation."""
    tree = ast.parse(inspect.cleandoc("\n" + inspect.getsource(rule))).body[0]
    assert isinstance(tree, ast.FunctionDef)
    try:
        lines = _lines(_without_docstring(tree.body), _name(tree.name))
    except _NoEquationError:
        return ""
    if len(lines) == 1:
        return f"{lines[0][0]} = {lines[0][1]}"
    inner = r" \\ ".join(f"{left} &= {right}" for left, right in lines)
    return rf"\begin{{aligned}} {inner} \end{{aligned}}"


def _without_docstring(body: Sequence[ast.stmt]) -> list[ast.stmt]:
    return [each for each in body if not (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))]


def _lines(body: Sequence[ast.stmt], result: str) -> list[tuple[str, str]]:
    """Left and right sides, the result last."""
    found: list[tuple[str, str]] = []
    cases: list[tuple[str, str]] = []
    for statement in body:
        match statement:
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)) if not cases:
                found += [(_text(name), _text(value)) for name, value in zip(names, values, strict=True)]
            case ast.Assign(targets=[ast.Name() as name], value=value) if not cases:
                found.append((_text(name), _text(value)))
            case ast.If(test=test, body=[ast.Return(value=value)], orelse=[]) if value is not None:
                cases.append((_text(value), _text(test)))
            case ast.Return(value=value) if value is not None:
                return [*found, (result, _cases([*cases, (_text(value), "")]) if cases else _text(value))]
            case _:
                raise _NoEquationError
    raise _NoEquationError


def _cases(cases: Sequence[tuple[str, str]]) -> str:
    rows = r" \\ ".join(rf"{value} & \text{{{'if }' + test if test else 'otherwise}'}" for value, test in cases)
    return rf"\begin{{cases}} {rows} \end{{cases}}"


def _strength(node: ast.AST) -> int:
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=ast.Call(func=ast.Name(id="expm1"))):
            return _STRENGTH[ast.Sub]
        case ast.BinOp(op=op) | ast.BoolOp(op=op) | ast.UnaryOp(op=op):
            return _STRENGTH.get(type(op), 9)
        case ast.Compare():
            return _STRENGTH[ast.Compare]
        case ast.IfExp():
            return 0
    return 9


def _within(node: ast.expr, strength: int) -> str:
    """A part, in brackets if it binds less than what is around it."""
    text = _text(node)
    return rf"\left({text}\right)" if _strength(node) < strength and not isinstance(node, ast.IfExp) else text


def _text(node: ast.expr) -> str:  # noqa: PLR0911, PLR0912
    match node:
        case ast.Constant(value=bool() as value):
            return r"\text{yes}" if value else r"\text{no}"
        case ast.Constant(value=int() | float() as value):
            return f"{value:g}"
        case ast.Name(id=name):
            return _name(name)
        case ast.Attribute(value=ast.Name(id="math"), attr=name):
            return rf"\{name}" if name == "pi" else rf"\operatorname{{{name}}}"
        case ast.Attribute(attr=name):
            return _name(name)
        case ast.Tuple(elts=parts):
            return rf"\left({', '.join(map(_text, parts))}\right)"
        case ast.Subscript(value=value, slice=ast.Tuple(elts=places)):
            return f"{_text(value)}_{{{', '.join(map(_text, places))}}}"
        case ast.Subscript(value=value, slice=place) if not isinstance(place, ast.Slice):
            return f"{_text(value)}_{{{_text(place)}}}"
        case ast.BinOp(left=left, op=ast.Div() | ast.FloorDiv() as op, right=right):
            quotient = rf"\frac{{{_text(left)}}}{{{_text(right)}}}"
            return quotient if isinstance(op, ast.Div) else rf"\left\lfloor{quotient}\right\rfloor"
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return f"{{{_within(left, 9)}}}^{{{_text(right)}}}"
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            own = _STRENGTH[type(op)]
            after = own + 1 if isinstance(op, ast.Sub | ast.Mod) else own
            return f"{_within(left, own)}{_OPERATORS[type(op)]}{_within(right, after)}"
        case ast.BoolOp(op=op, values=parts):
            return _OPERATORS[type(op)].join(_within(part, _STRENGTH[type(op)] + 1) for part in parts)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Call(func=ast.Name(id="expm1"), args=[argument])):
            return f"1 - {_call('exp', [argument])}"
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return f"-{_within(operand, 7)}"
        case ast.UnaryOp(op=ast.Not() | ast.Invert(), operand=operand):
            return rf"\lnot {_within(operand, 9)}"
        case ast.Compare(left=left, ops=ops, comparators=others) if all(type(op) in _OPERATORS for op in ops):
            return _within(left, 5) + "".join(
                f"{_OPERATORS[type(op)]}{_within(other, 5)}" for op, other in zip(ops, others, strict=True)
            )
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return _cases([(_text(body), _text(test)), (_text(orelse), "")])
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            return _call(name, arguments)
    raise _NoEquationError


def _call(name: str, arguments: Sequence[ast.expr]) -> str:
    if name in _CASTS and len(arguments) == 1:
        return _text(arguments[0])
    if name == "power" and len(arguments) == 2:
        return f"{{{_within(arguments[0], 9)}}}^{{{_text(arguments[1])}}}"
    if name in ("abs", "sqrt") and len(arguments) == 1:
        inner = _text(arguments[0])
        return rf"\left|{inner}\right|" if name == "abs" else rf"\sqrt{{{inner}}}"
    function = _FUNCTIONS.get(name, rf"\operatorname{{{name.replace('_', chr(92) + '_')}}}")
    return rf"{function}\left({', '.join(map(_text, arguments))}\right)"


def _name(name: str) -> str:
    """A name as one word of mathematics."""
    return rf"\mathit{{{name.replace('_', chr(92) + '_')}}}" if len(name) > 1 else name
