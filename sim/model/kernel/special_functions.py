"""Gamma and Beta functions and the tails of their distributions, as formulas of plain arithmetic.

Both distributions are taken at a *log ratio*: log(x / mean) for the Gamma distribution, the log odds of x less those of the mean
for the Beta distribution. In it their densities are log-concave, and their far ends do not underflow. Densities are written
around the mean (Loader 2000, *Fast and accurate computation of binomial probabilities*), so that large shapes lose no digits.
Tails are the usual series and continued fractions (Abramowitz & Stegun 6.5.29, 6.5.31, 26.5.8), until they stand still.
"""

from __future__ import annotations

from sim.model.kernel.elementary_functions import as_float, exp, expm1, log, log1p, select

LOG_TWO_PI = 1.8378770664093454836
_TERMS = 20_000  # more than any distribution here takes
_SMALLEST_STEP = 2.0**-54  # a term of this size does not count
_FAR = 600.0  # a log ratio that exp() can still take
_TINY = 1e-290  # in place of 0 in a continued fraction


def stirling_rest(shape: float) -> float:
    """What Stirling's formula leaves of log Gamma(shape): less (shape - 1/2) log(shape) - shape + log(2 pi) / 2.

    The series in 1 / shape (Abramowitz & Stegun 6.1.40), below 10 of the shape plus 10. Exact to 2e-14.
    """
    shape = as_float(shape)
    small = shape < 10.0
    far = select(small, shape + 10.0, shape)
    product = shape * (shape + 1.0) * (shape + 2.0) * (shape + 3.0) * (shape + 4.0)
    product = product * (shape + 5.0) * (shape + 6.0) * (shape + 7.0) * (shape + 8.0) * (shape + 9.0)
    moved = (far - 0.5) * log(far) - far - log(select(small, product, 1.0)) - ((shape - 0.5) * log(shape) - shape)
    square = 1.0 / (far * far)
    rest = (1.0 / 156.0) * square - 691.0 / 360360.0
    rest = ((rest * square + 1.0 / 1188.0) * square - 1.0 / 1680.0) * square + 1.0 / 1260.0
    return ((rest * square - 1.0 / 360.0) * square + 1.0 / 12.0) / far + select(small, moved, 0.0)


def log_beta(first: float, second: float) -> float:
    """Logarithm of the Beta function of two shapes. Exact to 1e-13, or as many digits for large ones."""
    first, second = as_float(first), as_float(second)
    total = first + second
    rests = stirling_rest(first) + stirling_rest(second) - stirling_rest(total)
    shares = (first - 0.5) * -log1p(second / first) - second * log1p(first / second)
    return rests + shares + 0.5 * (LOG_TWO_PI - log(second))


def gamma_constant(shape: float) -> float:
    """Logarithm of the density of log x at the mean, under a Gamma distribution of this shape and scale 1."""
    return 0.5 * (log(shape) - LOG_TWO_PI) - stirling_rest(shape)


def gamma_log_tail(shape: float, constant: float, log_ratio: float, upper: bool) -> tuple[float, float, float]:
    """A tail of the Gamma distribution at x = shape x exp(log_ratio).

    Args:
        shape: Shape, with a scale of 1.
        constant: Its :func:`gamma_constant`.
        log_ratio: log(x / shape).
        upper: Whether the part above x is wanted; else that below.

    Returns:
        Logarithm of the tail, that of the density of log x, and the derivative of the latter in log x.
    """
    away = expm1(log_ratio)
    x = shape + shape * away if away > -0.5 else shape * exp(log_ratio)
    log_density = constant + shape * (log_ratio - away)
    below = x < shape + 1.0
    if below:
        term, total = 1.0, 1.0
        for number in range(1, _TERMS):
            term *= x / (shape + number)
            total += term
            if term < total * _SMALLEST_STEP:
                break
        log_tail = log_density - log(shape) + log(total)
    else:
        b = x + 1.0 - shape
        c, d = 1.0 / _TINY, 1.0 / b
        total = d
        for number in range(1, _TERMS):
            a = -number * (number - shape)
            b += 2.0
            d = a * d + b
            d = 1.0 / (d if d != 0.0 else _TINY)
            c = b + a / c
            c = c if c != 0.0 else _TINY
            total *= c * d
            if abs(c * d - 1.0) < 4.0 * _SMALLEST_STEP:
                break
        log_tail = log_density + log(total)
    if below == upper:
        log_tail = _log_of_the_rest(log_tail)
    return log_tail, log_density, -shape * away


def _log_of_the_rest(log_share: float) -> float:
    """Logarithm of 1 - share."""
    return log(-expm1(log_share)) if log_share > -0.5 else log1p(-exp(log_share))


def beta_constant(first: float, second: float) -> float:
    """Logarithm of the density of the log odds of x at the mean, under a Beta distribution of these shapes."""
    total = first + second
    rests = stirling_rest(first) + stirling_rest(second) - stirling_rest(total)
    return 0.5 * (log(first) + log(second / total) - LOG_TWO_PI) - rests


def beta_point(first: float, second: float, log_ratio: float) -> tuple[float, float]:
    """The share x whose log odds are those of the mean plus ``log_ratio``, and 1 - x."""
    if log_ratio <= 0.0:
        first = first * exp(log_ratio)
    else:
        second = second * exp(-log_ratio)
    return first / (first + second), second / (first + second)


def beta_log_tail(
    first: float, second: float, constant: float, log_ratio: float, upper: bool
) -> tuple[float, float, float]:
    """A tail of the Beta distribution at the share x whose log odds are those of the mean plus ``log_ratio``.

    Args:
        first, second: Shapes.
        constant: Their :func:`beta_constant`.
        log_ratio: log(x / (1 - x)) - log(first / second).
        upper: Whether the part above x is wanted; else that below.

    Returns:
        Logarithm of the tail, that of the density of the log odds, and the derivative of the latter in the log odds.
    """
    x, rest = beta_point(first, second, log_ratio)
    below = x * (first + second + 2.0) < first + 1.0
    log_density = constant + _beta_log_relative(first, second, log_ratio)
    if below:
        log_tail = log_density - log(first) + log(_beta_fraction(first, second, x))
    else:
        log_tail = log_density - log(second) + log(_beta_fraction(second, first, rest))
    if below == upper:
        log_tail = _log_of_the_rest(log_tail)
    return log_tail, log_density, first * rest - second * x


def _beta_log_relative(first: float, second: float, log_ratio: float) -> float:
    """Logarithm of x^first (1 - x)^second against that at the mean, from terms no larger than it where x is far from the mean."""
    if first > second:
        first, second, log_ratio = second, first, -log_ratio
    total = first + second
    grown = expm1(min(log_ratio, _FAR)) * first / total
    if grown < 1.0:
        return first * log_ratio - total * log1p(grown)
    return -second * log_ratio - total * log((first + second * exp(-log_ratio)) / total)


def _beta_fraction(first: float, second: float, x: float) -> float:
    """Continued fraction of the Beta distribution, by the method of Lentz."""
    total = first + second
    c, d = 1.0, 1.0 - total * x / (first + 1.0)
    d = 1.0 / (d if d != 0.0 else _TINY)
    result = d
    for number in range(1, _TERMS):
        double = first + 2.0 * number
        a = number * (second - number) * x / ((double - 1.0) * double)
        d = 1.0 + a * d
        d = 1.0 / (d if d != 0.0 else _TINY)
        c = 1.0 + a / c
        c = c if c != 0.0 else _TINY
        result *= c * d
        a = -(first + number) * (total + number) * x / (double * (double + 1.0))
        d = 1.0 + a * d
        d = 1.0 / (d if d != 0.0 else _TINY)
        c = 1.0 + a / c
        c = c if c != 0.0 else _TINY
        result *= c * d
        if abs(c * d - 1.0) < 4.0 * _SMALLEST_STEP:
            break
    return result


def complementary_error(number: float) -> float:
    """1 - erf(number): twice the share of a normal distribution with variance 1/2 that lies above. Exact to 12 digits."""
    number = as_float(number)
    if not abs(number) > 0.0:
        return 1.0 + number  # missing stays missing
    upper = number > 0.0
    log_tail = gamma_log_tail(0.5, gamma_constant(0.5), log(2.0 * number * number), True)[0]
    return exp(log_tail) if upper else 2.0 - exp(log_tail)
