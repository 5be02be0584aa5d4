"""Exponential, logarithm, power and cosine as formulas of plain arithmetic: the same bits on every machine.

A call of the C library prevents the vectorization of a compiled loop, and its last bit depends on the library. The functions
here are approximations from Cephes (Moshier 1989, *Methods and Programs for Mathematical Functions*) and, for power and cosine,
from fdlibm (Sun Microsystems 1993). They are exact to two or three units of the last place (power: one, e^number - 1: six). They
use only arithmetic that IEEE 754 rounds in one way. Cases are selected without a branch, so that loops over them are vectorized.

Each is written for one number. What differs for whole arrays stands in four primitives (:func:`select`, :func:`bits_of`,
:func:`float_of_bits`, :func:`as_float`), in whose place :mod:`sim.model.kernel.elementary_arrays` puts those of arrays.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

_PER_LOG_2 = 1.4426950408889634
_LOG_2_MOST, _LOG_2_REST = 6.93145751953125e-1, 1.42860682030941723212e-6
_SHIFT = 1.5 * 2.0**52  # added to a number below 2^51, it leaves the nearest whole number in the last bits
_SHIFT_BITS = np.int64(np.float64(_SHIFT).view(np.int64))
_BIAS, _WIDTH = np.int64(1023), np.int64(52)
_ROOT_HALF_BITS = np.int64(np.float64(math.sqrt(0.5)).view(np.int64))
_LARGEST, _SMALLEST = 709.0, -708.0  # beyond them e^number is infinite or 0 here
_TINY = 2.0**-1022
_HUGE = 2.0**640  # as an exponent it gives 0, 1 or infinity
_ROOT_THREE_QUARTERS_BITS = np.int64(np.float64(math.sqrt(0.75)).view(np.int64))
_ROOT_THREE_HALVES = math.sqrt(1.5)
_LOG_2_CENTER, _LOG_2_CENTER_REST = 5.84962487220764160156e-1, 1.35003920212974897128e-8  # log2(1.5)
_TWO_THIRDS_PER_LOG_2 = 9.61796693925975554329e-1
_TWO_THIRDS_PER_LOG_2_HIGH, _TWO_THIRDS_PER_LOG_2_LOW = 9.61796700954437255859e-1, -7.02846165095275826516e-9
_LOG_2, _LOG_2_HIGH, _LOG_2_LOW = 6.93147180559945286227e-1, 6.93147182464599609375e-1, -1.90465429995776804525e-9
_QUARTER_TURN = 0.5 * math.pi
_ONE, _TWO, _UPPER_HALF = np.int64(1), np.int64(2), np.int64(-(2**32))


def select(condition: Any, chosen: Any, otherwise: Any) -> Any:
    """One of two numbers; both are worked out."""
    return chosen if condition else otherwise


def bits_of(number: float) -> Any:
    """The bits of a number, as an integer."""
    return np.float64(number).view(np.int64)


def float_of_bits(bits: Any) -> float:
    """The number with these bits. Python's own: what is worked out and then not chosen gives no warning."""
    return float(np.int64(bits).view(np.float64))


def as_float(number: Any) -> float:
    """A number as one with a fraction."""
    return float(number)


def _nearest(number: float) -> tuple[float, Any]:
    """Nearest whole number, as a float and as an integer."""
    shifted = number + _SHIFT
    return shifted - _SHIFT, bits_of(shifted) - _SHIFT_BITS


def _two_to(power: Any) -> float:
    """2 to a whole power from -1022 to 1023."""
    return float_of_bits((power + _BIAS) << _WIDTH)


def _expm1_near_zero(rest: float) -> float:
    """e^rest - 1 for rest from -log(2) / 2 to log(2) / 2."""
    square = rest * rest
    p = rest * ((1.26177193074810590878e-4 * square + 3.02994407707441961300e-2) * square + 9.99999999999999999910e-1)
    q = (3.00198505138664455042e-6 * square + 2.52448340349684104192e-3) * square + 2.27265548208155028766e-1
    return 2.0 * (p / (q * square + 2.0 - p))


def exp(number: float) -> float:
    """E to a number; 0 below -708, infinite above 709."""
    number = as_float(number)
    turns, power = _nearest(number * _PER_LOG_2)
    y = 1.0 + _expm1_near_zero((number - turns * _LOG_2_MOST) - turns * _LOG_2_REST)
    y = y * _two_to(power)
    y = select(number < _SMALLEST, 0.0, y)
    return as_float(select(number > _LARGEST, math.inf, y))


def expm1(number: float) -> float:
    """E to a number, minus 1, exact near 0 as well."""
    number = as_float(number)
    turns, power = _nearest(number * _PER_LOG_2)
    y = _expm1_near_zero((number - turns * _LOG_2_MOST) - turns * _LOG_2_REST)
    scale = _two_to(power)
    y = y * scale + (scale - 1.0)
    y = select(number < _SMALLEST, -1.0, y)
    return as_float(select(number > _LARGEST, math.inf, y))


def log(number: float) -> float:
    """Natural logarithm; minus infinity at 0, missing (NaN) below."""
    number = as_float(number)
    bits = bits_of(number)
    power = (bits - _ROOT_HALF_BITS) >> _WIDTH
    f = float_of_bits(bits - (power << _WIDTH)) - 1.0  # from sqrt(1/2) - 1 to sqrt(2) - 1
    square = f * f
    p = (1.01875663804580931796e-4 * f + 4.97494994976747001425e-1) * f + 4.70579119878881725854e0
    p = ((p * f + 1.44989225341610930846e1) * f + 1.79368678507819816313e1) * f + 7.70838733755885391666e0
    q = ((f + 1.12873587189167450590e1) * f + 4.52279145837532221105e1) * f + 8.29875266912776603211e1
    q = (q * f + 7.11544750618563894466e1) * f + 2.31251620126765340583e1
    turns = as_float(power)
    y: float = f * (square * p / q) - turns * 2.121944400546905827679e-4 - 0.5 * square
    y = (f + y) + turns * 0.693359375
    y = select(number < _TINY, -math.inf, y)  # a number too small to keep all its digits counts as 0
    y = select(number < 0.0, math.nan, y)
    return as_float(select(number < math.inf, y, number))


def log1p(number: float) -> float:
    """Natural logarithm of 1 + number, exact near 0 as well."""
    number = as_float(number)
    whole = 1.0 + number
    lost = number - (whole - 1.0)
    y = log(whole)
    within = (number > -1.0) & (number < math.inf)
    return as_float(select(within, y + lost / select(within, whole, 1.0), y))


def _upper_half(number: float) -> float:
    """A number without the lower half of its bits, so that products of two such are exact."""
    return float_of_bits(bits_of(number) & _UPPER_HALF)


def _log_2(base: float) -> tuple[float, float]:
    """Logarithm to base 2 of a positive number in two parts, the first without the lower half of its bits."""
    small = base < _TINY
    bits = bits_of(select(small, base * 2.0**53, base))
    turns = (bits - _ROOT_THREE_QUARTERS_BITS) >> _WIDTH
    significand = float_of_bits(bits - (turns << _WIDTH))  # from sqrt(3/4) to sqrt(3)
    whole = as_float(turns) - select(small, 53.0, 0.0)
    near_one = significand < _ROOT_THREE_HALVES
    center = select(near_one, 1.0, 1.5)
    first, rest = select(near_one, 0.0, _LOG_2_CENTER), select(near_one, 0.0, _LOG_2_CENTER_REST)
    away, total = significand - center, significand + center
    per_total = 1.0 / total
    s = away * per_total  # log(significand / center) = 2 s + 2/3 s^3 + ...
    s_high, total_high = _upper_half(s), _upper_half(total)
    s_low = per_total * ((away - s_high * total_high) - s_high * (significand - (total_high - center)))
    square = s * s
    r = (2.06975017800338417784e-1 * square + 2.30660745775561754067e-1) * square + 2.72728123808534006489e-1
    r = ((r * square + 3.33333329818377432918e-1) * square + 4.28571428578550184252e-1) * square
    r = square * square * (r + 5.99999999999994648725e-1) + s_low * (s_high + s)
    square = s_high * s_high
    high = _upper_half(3.0 + square + r)
    low = r - ((high - 3.0) - square)
    u, v = s_high * high, s_low * high + low * s
    high = _upper_half(u + v)
    low = v - (high - u)
    u = _TWO_THIRDS_PER_LOG_2_HIGH * high
    v = _TWO_THIRDS_PER_LOG_2_LOW * high + low * _TWO_THIRDS_PER_LOG_2 + rest
    high = _upper_half(((u + v) + first) + whole)
    return high, v - (((high - whole) - first) - u)


def power(base: float, exponent: float) -> float:
    """A base of at least 0 to an exponent; 1 for the exponent 0, missing (NaN) for a base below 0.

    2^(exponent x log2 base), with a logarithm of about seventy bits, as in fdlibm. Less than 2^-1021 counts as 0.
    """
    base, exponent = as_float(base), as_float(exponent)
    log_high, log_low = _log_2(base)
    limited = select(exponent > _HUGE, _HUGE, exponent)
    limited = select(limited < -_HUGE, -_HUGE, limited)
    high = _upper_half(limited)
    low = (limited - high) * log_high + limited * log_low
    high = high * log_high
    total = low + high
    whole, turns = _nearest(total)
    high = high - whole
    part = _upper_half(low + high)
    u = part * _LOG_2_HIGH
    v = (low - (part - high)) * _LOG_2 + part * _LOG_2_LOW
    z = u + v
    w = v - (z - u)
    square = z * z
    p = (4.13813679705723846039e-8 * square - 1.65339022054652515390e-6) * square + 6.61375632143793436117e-5
    p = z - square * ((p * square - 2.77777777770155933842e-3) * square + 1.66666666666666019037e-1)
    y = 1.0 - (((z * p) / (p - 2.0) - (w + z * w)) - z)
    y = y * _two_to(turns - _ONE) * 2.0
    y = select(total < -1021.0, 0.0, y)
    y = select(total >= 1024.0, math.inf, y)
    y = select(base == 0.0, select(exponent < 0.0, math.inf, 0.0), y)
    y = select(base == math.inf, select(exponent < 0.0, 0.0, math.inf), y)
    y = select((base >= 0.0) & (exponent == exponent), y, math.nan)  # noqa: PLR0124 - false for a missing number
    return as_float(select(exponent == 0.0, 1.0, y))


def cosine_of_turns(turns: float) -> float:
    """Cosine of an angle in whole turns, cos(2 pi turns), for up to 10^15 of them. The angle is reduced without error."""
    quarters = 4.0 * as_float(turns)
    whole, quadrant = _nearest(quarters)
    angle = (quarters - whole) * _QUARTER_TURN  # from -pi / 4 to pi / 4
    square = angle * angle
    s = (1.58969099521155010221e-10 * square - 2.50507602534068634195e-8) * square + 2.75573137070700676789e-6
    s = ((s * square - 1.98412698298579493134e-4) * square + 8.33333333332248946124e-3) * square
    sine = angle + square * angle * (s - 1.66666666666666324348e-1)
    c = (-1.13596475577881948265e-11 * square + 2.08757232129817482790e-9) * square - 2.75573143513906633035e-7
    c = ((c * square + 2.48015872894767294178e-5) * square - 1.38888888888741095749e-3) * square
    half = 0.5 * square
    start = 1.0 - half
    cosine = start + (((1.0 - start) - half) + square * square * (c + 4.16666666666666019037e-2))
    y = select((quadrant & _ONE) == _ONE, sine, cosine)
    return as_float(select(((quadrant + _ONE) & _TWO) == _TWO, -y, y))
