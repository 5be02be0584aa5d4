"""Exponential and logarithm as polynomials, inlined, so that whole loops of them are vectorized."""

from __future__ import annotations

import math

import numpy as np

from benchmark.draws import compiled

_LOG_2, _PER_LOG_2 = 0.6931471805599453, 1.4426950408889634
_BIAS, _WIDTH, _MANTISSA = np.int64(1023), np.int64(52), np.int64((1 << 52) - 1)
_ROOT = np.int64(0x3FE6A09E667F3BCD)  # the bits of half the square root of 2


@compiled
def exp(x):
    """e to the x, to 15 digits, for |x| up to 700."""
    x = min(max(x, -700.0), 700.0)
    turns = math.floor(x * _PER_LOG_2 + 0.5)
    r = x - turns * _LOG_2
    y = 1.0 / 720.0 + r * (1.0 / 5040.0 + r * (1.0 / 40320.0 + r * (1.0 / 362880.0 + r * (1.0 / 3628800.0))))
    y = y + r**5 * (1.0 / 39916800.0 + r * (1.0 / 479001600.0))
    y = 1.0 + r * (1.0 + r * (0.5 + r * (1.0 / 6.0 + r * (1.0 / 24.0 + r * (1.0 / 120.0 + r * y)))))
    return y * np.int64((np.int64(turns) + _BIAS) << _WIDTH).view(np.float64)


@compiled
def log(x):
    """Natural logarithm of a positive number, to 15 digits."""
    bits = np.float64(x).view(np.int64)
    turns = (bits - _ROOT) >> _WIDTH
    m = np.int64(bits - (turns << _WIDTH)).view(np.float64)
    s = (m - 1.0) / (m + 1.0)
    t = s * s
    series = 1.0 / 11.0 + t * (1.0 / 13.0 + t * (1.0 / 15.0 + t * (1.0 / 17.0 + t * (1.0 / 19.0 + t / 21.0))))
    series = 1.0 + t * (1.0 / 3.0 + t * (1.0 / 5.0 + t * (1.0 / 7.0 + t * (1.0 / 9.0 + t * series))))
    return 2.0 * s * series + turns * _LOG_2
