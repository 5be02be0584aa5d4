"""Quantiles of the Gamma and the Beta distribution as formulas of plain arithmetic: the same bits on every machine.

The logarithm of the smaller tail is solved for, in the log ratio of :mod:`sim.model.kernel.special_functions`. It is a concave
function of the log ratio, so that Newton's method cannot go astray. Halley's correction makes two to four steps enough.

Accuracy, for shapes from 0.005 on: the relative error of the quantile is below 1e-11; or else, where it is so spread out that
its last digits ask for more digits of the share than there are, that of the smaller tail (below it, or above). At smaller
shapes it is below 5e-11. Less than 1e-305 counts as 0. A share below 1e-16, which no draw has, loses digits at shapes of the
Gamma distribution above 10^4.
"""

from __future__ import annotations

import math

from sim.model.kernel.elementary_functions import exp, log, log1p
from sim.model.kernel.special_functions import (
    LOG_TWO_PI,
    beta_constant,
    beta_log_tail,
    beta_point,
    gamma_constant,
    gamma_log_tail,
)

_TINY = 2.0**-1022  # less counts as 0
_STEPS = 60  # two to four are taken
_NEAR = 1e-5  # a step this small leaves an error of its third power
_LARGE_SHAPE = 1e4  # from which an expansion around the normal distribution is as exact, and quicker
_FARTHEST = 2.0  # a step outward on the side where a tail falls faster than any power


def gamma_quantile(shape: float, share: float) -> float:
    """Quantile of the Gamma distribution with scale 1.

    Args:
        shape: More than 0.
        share: Share of the distribution that lies below, 0 to 1.

    Returns:
        0 at a share of 0 (or less than 2^-1022), infinity at 1, and missing (NaN) for what is missing or out of range.
    """
    shape, share = float(shape), float(share)
    if not (0.0 < shape < math.inf and 0.0 <= share <= 1.0):
        return math.nan
    if share < _TINY or share == 1.0:
        return 0.0 if share < _TINY else math.inf
    if shape > _LARGE_SHAPE:
        return _gamma_near_normal(shape, _normal_quantile(share))
    return _gamma_from_tails(shape, share, 1.0 - share)


def beta_quantile(first: float, second: float, share: float) -> float:
    """Quantile of the Beta distribution.

    Args:
        first, second: Shapes, more than 0.
        share: Share of the distribution that lies below, 0 to 1.

    Returns:
        From 0 to 1; 0 at a share of 0 (or less than 2^-1022), 1 at 1, and missing (NaN) for what is missing or out of range.
    """
    first, second, share = float(first), float(second), float(share)
    if not (first > 0.0 and second > 0.0 and 0.0 <= share <= 1.0 and first + second < math.inf):
        return math.nan
    if share < _TINY or share == 1.0:
        return 0.0 if share < _TINY else 1.0
    upper = share > 0.5
    target = log1p(-share) if upper else log(share)
    constant, ratio = beta_constant(first, second), _beta_start(first, second, share)
    for _ in range(_STEPS):
        log_tail, log_density, bend = beta_log_tail(first, second, constant, ratio, upper)
        step, is_near = _step(log_tail, log_density, bend, target, upper)
        ratio += step
        if is_near:
            break
    return beta_point(first, second, ratio)[0]


def _gamma_from_tails(shape: float, lower: float, rest: float) -> float:
    """Quantile of the Gamma distribution with parts ``lower`` below and ``rest`` above it, both more than 0."""
    upper = lower > 0.5
    target = log(rest) if upper else log(lower)
    constant, ratio = gamma_constant(shape), _gamma_start(shape, lower, rest)
    for _ in range(_STEPS):
        log_tail, log_density, bend = gamma_log_tail(shape, constant, ratio, upper)
        step, is_near = _step(log_tail, log_density, bend, target, upper)
        ratio += min(step, _FARTHEST)
        if is_near:
            break
    return shape * exp(ratio)


def _step(log_tail: float, log_density: float, bend: float, target: float, upper: bool) -> tuple[float, bool]:
    """Step of Halley's method toward the place where the logarithm of a tail is ``target``, and whether it is the last.

    Args:
        log_tail, log_density, bend: As :func:`~sim.model.kernel.special_functions.gamma_log_tail` gives them.
        target: Logarithm of the tail wanted.
        upper: Whether it is the upper tail.
    """
    slope = exp(log_density - log_tail)
    slope = -slope if upper else slope
    step = (target - log_tail) / slope if slope != 0.0 else 0.0
    curved = min(max(1.0 + 0.5 * step * (bend - slope), 0.5), 2.0)
    return step / curved, abs(step) < _NEAR and abs(step * slope) < _NEAR


def _rough_normal_quantile(share: float, rest: float) -> float:
    """Quantile of the standard normal distribution, to three digits (Abramowitz & Stegun 26.2.22)."""
    t = math.sqrt(-2.0 * log(min(share, rest)))
    z = t - (2.30753 + 0.27061 * t) / (1.0 + (0.99229 + 0.04481 * t) * t)
    return -z if share < rest else z


def _gamma_start(shape: float, lower: float, rest: float) -> float:
    """Where to begin: a log ratio near that of the quantile (Wilson & Hilferty 1931; Press et al. 2007, 6.2.1)."""
    least = (log(lower) - 0.5 * log(shape) + 0.5 * LOG_TWO_PI) / shape
    if shape > 1.0:
        root = 1.0 - 1.0 / (9.0 * shape) + _rough_normal_quantile(lower, rest) / (3.0 * math.sqrt(shape))
        return max(3.0 * log(root), least) if root > 0.0 else least
    near_zero = 1.0 - shape * (0.253 + shape * 0.12)
    if lower < near_zero:
        return log(lower / near_zero) / shape - log(shape)
    return log((1.0 - log(rest / (1.0 - near_zero))) / shape)


def _beta_start(first: float, second: float, share: float) -> float:
    """Where to begin: a log ratio near that of the quantile (Abramowitz & Stegun 26.5.22; Press et al. 2007, 6.4)."""
    rest = 1.0 - share
    if first >= 1.0 and second >= 1.0:
        z = -_rough_normal_quantile(share, rest)
        one, other = 1.0 / (2.0 * first - 1.0), 1.0 / (2.0 * second - 1.0)
        width, bias = 2.0 / (one + other), (z * z - 3.0) / 6.0
        w = z * math.sqrt(width + bias) / width - (other - one) * (bias + 5.0 / 6.0 - 2.0 / (3.0 * width))
        return -2.0 * w
    total = first + second
    low, high = exp(first * log(first / total)) / first, exp(second * log(second / total)) / second
    if share * (low + high) < low:
        log_x = log(first * share * (low + high)) / first
        return log_x - log(first / second)
    log_x = log(second * rest * (low + high)) / second
    return -log_x - log(first / second)


def _normal_quantile(share: float) -> float:
    """Quantile of the standard normal distribution for a share within 0 and 1: its square has a Gamma distribution."""
    outside = 2.0 * min(share, 1.0 - share)
    if outside == 1.0:
        return 0.0
    size = math.sqrt(2.0 * _gamma_from_tails(0.5, 1.0 - outside, outside))
    return -size if share < 0.5 else size


def _gamma_near_normal(shape: float, z: float) -> float:
    """Quantile of a Gamma distribution of large shape from that of the normal distribution (Cornish & Fisher 1938)."""
    root, square = math.sqrt(shape), z * z
    third = z * (square - 7.0) / 36.0
    fourth = ((3.0 * square + 7.0) * square - 16.0) / 810.0
    fifth = z * ((9.0 * square + 256.0) * square - 433.0) / 38880.0
    sixth = (((12.0 * square - 243.0) * square - 923.0) * square + 1472.0) / 204120.0
    corrections = (((sixth / root + fifth) / root - fourth) / root + third) / root
    return shape + root * z + (square - 1.0) / 3.0 + corrections
