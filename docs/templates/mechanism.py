"""Weather: on rainy days people have less energy. First sentence: what the mechanism does, in one line; then sources.

A template: copy it to ``sim/model/mechanisms/NAME.py``, replace everything, and list its steps in ``sim/model/week.py``.
Say here where the rule comes from (authors and year), what is published and what is this model's own conjecture.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.model.kernel.columns import employee_column
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.records import Employees, Parameters

# One line a parameter: name = default unit; legal range, plausible range; kind; tier. Then its meaning and its source.
# Kind: unknown (nobody knows it), own (the user's organization knows it), lever (somebody decides it), definition.
# Tier: 1 (published and reproduced) to 5 (conjecture).
PARAMETERS = declare("""
weather.rain = 0.0 share; 0 to 1, plausible 0 to 0.5; own; tier 5
    Share of the working week in which it rains.
    Source: Conjecture; 0 is the neutral setting
weather.gloom = 0.1 share; 0 to 1, plausible 0.05 to 0.2; unknown; tier 5
    Part of their energy that people lose when it rains all week.
    Source: Conjecture
""")

NEUTRAL: Mapping[str, ParameterValue] = {"weather.rain": 0.0}
"""It never rains: with these values nothing else depends on the mechanism, bit for bit."""

ACTIVE: Mapping[str, ParameterValue] = {"weather.rain": 0.5}
"""Values at which it acts, since its defaults leave it off. Empty where the defaults have it on."""

# What each person keeps from week to week: name, meaning, value of a newcomer (a number, or a function of the week's draws as
# in definitions.py; name its random stream in STREAMS). Leave it out without state.
COLUMNS = (employee_column("mood", "How the weather has been, as a person feels it.", newcomer=1.0),)


def rained_on(energy: float, rain: float, gloom: float) -> float:
    """Energy after a week of rain: E (1 - gloom x rain). A rule is a sentence of mathematics about one person."""
    return energy * (1.0 - gloom * rain)


def rain_falls(employees: Employees, parameters: Parameters) -> None:
    """It rains, people tire and their moods follow. A step loops over those to whom it happens."""
    for seat in range(employees.energy.size):
        employees.energy[seat] = rained_on(employees.energy[seat], parameters.weather_rain, parameters.weather_gloom)
        employees.mood[seat] = 0.5 * employees.mood[seat] + 0.5 * (1.0 - parameters.weather_rain)
