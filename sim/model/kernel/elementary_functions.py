"""Exponential, logarithm and power as formulas of plain arithmetic.

A call of the C library prevents the vectorization of a compiled loop, and its last bit depends on the library. The functions
here are rational approximations from Cephes (Moshier 1989, *Methods and Programs for Mathematical Functions*). They are exact to
two or three units of the last place (e^number - 1: six). They use only arithmetic that IEEE 754 rounds in one way. Cases are
selected without a branch, so that loops over them are vectorized.
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


def _turns(number: float) -> tuple[float, Any]:
    """Nearest whole number to number / log 2, as a float and as an integer."""
    shifted = number * _PER_LOG_2 + _SHIFT
    return shifted - _SHIFT, np.float64(shifted).view(np.int64) - _SHIFT_BITS


def _two_to(power: int) -> float:
    """2 to a whole power from -1022 to 1023."""
    return np.int64((np.int64(power) + _BIAS) << _WIDTH).view(np.float64)


def _expm1_near_zero(rest: float) -> float:
    """e^rest - 1 for rest from -log(2) / 2 to log(2) / 2."""
    square = rest * rest
    p = rest * ((1.26177193074810590878e-4 * square + 3.02994407707441961300e-2) * square + 9.99999999999999999910e-1)
    q = (3.00198505138664455042e-6 * square + 2.52448340349684104192e-3) * square + 2.27265548208155028766e-1
    return 2.0 * (p / (q * square + 2.0 - p))


def exp(number: float) -> float:
    """E to a number; 0 below -708, infinite above 709."""
    number = float(number)
    turns, power = _turns(number)
    y = 1.0 + _expm1_near_zero((number - turns * _LOG_2_MOST) - turns * _LOG_2_REST)
    y = y * _two_to(power)
    y = 0.0 if number < _SMALLEST else y
    return math.inf if number > _LARGEST else y


def expm1(number: float) -> float:
    """E to a number, minus 1, exact near 0 as well."""
    number = float(number)
    turns, power = _turns(number)
    y = _expm1_near_zero((number - turns * _LOG_2_MOST) - turns * _LOG_2_REST)
    scale = _two_to(power)
    y = y * scale + (scale - 1.0)
    y = -1.0 if number < _SMALLEST else y
    return math.inf if number > _LARGEST else y


def log(number: float) -> float:
    """Natural logarithm; minus infinity at 0, missing (NaN) below."""
    number = float(number)
    bits = np.float64(number).view(np.int64)
    power = (bits - _ROOT_HALF_BITS) >> _WIDTH
    f = np.int64(bits - (power << _WIDTH)).view(np.float64) - 1.0  # from sqrt(1/2) - 1 to sqrt(2) - 1
    square = f * f
    p = (1.01875663804580931796e-4 * f + 4.97494994976747001425e-1) * f + 4.70579119878881725854e0
    p = ((p * f + 1.44989225341610930846e1) * f + 1.79368678507819816313e1) * f + 7.70838733755885391666e0
    q = ((f + 1.12873587189167450590e1) * f + 4.52279145837532221105e1) * f + 8.29875266912776603211e1
    q = (q * f + 7.11544750618563894466e1) * f + 2.31251620126765340583e1
    turns = float(power)
    y: float = f * (square * p / q) - turns * 2.121944400546905827679e-4 - 0.5 * square
    y = (f + y) + turns * 0.693359375
    y = -math.inf if number < _TINY else y  # a number too small to keep all its digits counts as 0
    y = math.nan if number < 0.0 else y
    return y if number < math.inf else number


def log1p(number: float) -> float:
    """Natural logarithm of 1 + number, exact near 0 as well."""
    number = float(number)
    whole = 1.0 + number
    lost = number - (whole - 1.0)
    y = log(whole)
    return y + lost / whole if -1.0 < number < math.inf else y


def power(base: float, exponent: float) -> float:
    """A base of at least 0 to an exponent; 1 for the exponent 0. Off by up to abs(log(result)) units of the last place."""
    base, exponent = float(base), float(exponent)
    y = exp(exponent * log(base))
    return 1.0 if exponent == 0.0 else y
