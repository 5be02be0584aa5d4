"""Amounts of another period: ``"210 per year"`` for a parameter that the model counts by the week or by the month.

An amount is spread evenly: a year has 52 weeks, 12 months or 4 quarters. So ``"19 % per year"`` for turnover says that in a year
19 people leave for every hundred seats. A scenario holds the converted number alone.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Annotated, Any

from pydantic import BeforeValidator

from sim.model.scenario.suggestions import MONTHS_A_YEAR, WEEKS_A_YEAR, Wanted, read_number

PERIODS = {"year": 1, "quarter": 4, "month": MONTHS_A_YEAR, "week": WEEKS_A_YEAR}
"""How many of each period a year has."""

_FORM = re.compile(rf"(.{{1,40}}?)\s+(?:per|a)\s+({'|'.join(PERIODS)})", re.IGNORECASE)


def in_period(value: object, periods: int) -> object:
    """An amount of another period as one of the period of which a year has so many; anything else as it is.

    Example:
        >>> in_period("208 per year", 52)
        4.0
    """
    match = _FORM.fullmatch(value.strip()) if isinstance(value, str) else None
    numbers, _ = read_number(match[1]) if match else ([], False)
    if match is None or len(numbers) != 1:
        return value
    given = PERIODS[match[2].lower()]
    return numbers[0] if given == periods else numbers[0] * given / periods


def of_period(annotation: Any, unit: str) -> Any:
    """The type of a number in this unit that also takes amounts of another period, if the unit has a period."""
    periods = Wanted(unit).periods_a_year
    return (
        annotation if periods is None else Annotated[annotation, BeforeValidator(partial(in_period, periods=periods))]
    )
