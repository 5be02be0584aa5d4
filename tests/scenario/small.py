"""A small registry and a small scenario: enough to break every rule, and independent of what the model has."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from sim.model.events import EventKind
from sim.model.kernel.parameters import Parameter, ParameterValue, Tier
from sim.model.outcomes.weekly import Outcome
from sim.model.policies.policy import Policy
from sim.model.policies.resources import Resource
from sim.model.registry import Registry
from sim.model.scenario import Scenario, ScenarioError


def parameter(
    name: str,
    default: ParameterValue,
    low: float | None = None,
    high: float | None = None,
    *,
    unit: str = "1",
    choices: tuple[str, ...] = (),
) -> Parameter:
    """A parameter of which only the legal values matter."""
    return Parameter(name, default, unit, "Meaning.", "Source", Tier.CONJECTURE, low, high, choices=choices)


def resource(name: str, unit: str, high: float) -> Resource:
    """A resource of which only the legal amounts matter."""
    return Resource(name, unit, 0.0, high, "Meaning.", "organization", 1.0, ("salience",), "Source")


def _nothing() -> None:
    """An event that does nothing: only how it is written matters here."""


def _missing() -> float:
    """What an outcome would measure."""
    return float("nan")


KNOWN = Registry(
    parameters={
        entry.name: entry
        for entry in (
            parameter("customers.initial", 2000, 0, 10_000_000, unit="customers"),
            parameter("customers.market", 2500, 1, 20_000_000, unit="people"),
            parameter("employees.number", 500, 1, 200_000, unit="seats"),
            parameter("employees.turnover", 0.02, 0.0, 0.5, unit="per month"),
            parameter("norm.keep", True),
            parameter("norm.rule", "best-response", unit="rule", choices=("best-response", "majority")),
            parameter("norm.sharpness", 8.0, 0.0, 100.0),
        )
    },
    resources={
        entry.name: entry
        for entry in (
            resource("speeches", "speeches per week", 5.0),
            resource("posters", "share of sites", 1.0),
            resource("training", "hours per week", 10.0),
        )
    },
    event_kinds={
        "manager_exit": EventKind(
            "manager_exit",
            "Managers leave.",
            {"share": parameter("share", 1.0, 0.0, 1.0, unit="share")},
            _nothing,
            departments=True,
        ),
        "market_shift": EventKind(
            "market_shift", "Rivals get better.", {"size": parameter("size", 0.1, 0.0, 1.0)}, _nothing
        ),
    },
    outcomes={
        "practicing": Outcome("practicing", "share", "Share of employees whose choice was for the customer.", _missing)
    },
)
"""Seven parameters, three resources, two kinds of events, one outcome."""

DEPARTMENTS = """
[[departments]]
name = "branches"
share = 0.4
facing = 0.9
power = 0.2

[[departments]]
name = "back office"
share = 0.6
facing = 0.1
power = 0.8
"""
"""The least that a scenario needs."""

FULL = (
    """
name = "bank"
about = "A bank."
notice = "The reversion."
try = "More turnover."
currency = "CHF"
weeks = 100
default_policies = ["none", "mine", "later"]
objective = "customer_value"
[employees]
turnover = 0.05
[norm]
rule = "majority"
sharpness = 6
[policies.mine]
about = "Talk."
notice = "The end."
try = "Less."
speeches = 2
posters = 0.5
from = 5
until = 40
departments = ["branches"]
[[policies.later.phases]]
until = 20
speeches = 1
[[policies.later.phases]]
from = 20
training = 2
[policies.later.phases.stop_when]
outcome = "practicing"
above = 0.45
[[events]]
kind = "market_shift"
week = 60
size = 0.3
[[events]]
kind = "manager_exit"
week = 30
departments = ["branches"]
[futures.tight]
"employees.turnover" = 0.1
"customers.market" = 4000
[plausible]
"employees.turnover" = [0.03, 0.07]
"norm.sharpness" = [4, 8]
"""
    + DEPARTMENTS
)
"""A scenario that uses everything a file may hold."""


def table(text: str) -> dict[str, Any]:
    """Table in a piece of TOML."""
    return tomllib.loads(text)


def minimal(**more: Any) -> dict[str, Any]:
    """The smallest legal scenario, with further top-level keys."""
    return {**table(DEPARTMENTS), **more}


def scenario(text: str = DEPARTMENTS) -> Scenario:
    """The scenario in a piece of TOML."""
    return Scenario.from_dict(table(text), KNOWN)


def make_policy(text: str) -> Policy:
    """The policy called mine in a scenario whose file ends with ``text``, the amounts of that policy."""
    return scenario(f"{DEPARTMENTS}\n[policies.mine]\n{text}").policies["mine"]


def faults(raw: dict[str, Any]) -> list[str]:
    """Every fault of a scenario called ``bank.toml``; empty if it is fine."""
    try:
        Scenario.from_dict(raw, KNOWN, "bank.toml")
    except ScenarioError as error:
        return error.faults
    return []


def faults_of(text: str) -> list[str]:
    """Every fault of two fine departments followed by a piece of TOML (or preceded, where it needs the top level)."""
    return faults(table(text + DEPARTMENTS))


def write(path: Path, text: str | bytes) -> Path:
    """A file with this content, and the folders it needs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path
