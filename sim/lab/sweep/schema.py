"""What an experiment file may hold: the keys of its tables, each with a rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Strict

from sim.analysis.metrics import MEASURES_OF_RUNS, WHERE_LISTED
from sim.lab.comparison_plan import LARGEST_SEED, MOST_REPLICATES
from sim.lab.sweep.experiment import BY_ROW, KINDS, SHARED
from sim.lab.sweep.keys import Table
from sim.model.registry import Registry, current
from sim.model.scenario.rules import (
    LONGEST_RUN,
    NAME,
    Rule,
    list_of,
    number,
    one_of,
    text,
    week_rule,
    whole_number,
)

MOST_POINTS = 1_000_000
"""Most points of an experiment."""

KEPT = tuple(MEASURES_OF_RUNS)
"""Measures that every single run has, and an experiment can keep."""

TIME_LIMIT = 3600.0
"""Seconds that a run may take unless the file says otherwise."""

_SWITCH = Rule(
    Annotated[bool, Strict()], "true or false", hint="true or false", remedy="Write true or false, without quotes."
)


def read_later(hint: str) -> Rule:
    """Rule for a part that is read later, when more is known."""
    return Rule(Any, "a part of its own", hint=hint)


def count_rule(low: int, high: int, what: str) -> Rule:
    """Rule for a whole number of things."""
    return Rule(whole_number(low, high), "a whole number", f"{low} to {high} ({what})", f"{what}, {low} to {high}",
                "Give a whole number.")  # fmt: skip


AMOUNT = Rule(number(), "a number", "", "a number", "Give a number, in the unit of the outcome.")

POSITIVE = Rule(number(gt=0), "a number", "above 0", "a number above 0", "Give a number above 0.")

_NAMES = list_of(NAME, "a list of names", 'Write for example ["none", "value-driven"].', "list of names")

_METRIC = one_of(dict.fromkeys(KEPT, ""), "a measure of single runs", WHERE_LISTED, "a measure of single runs")

EXPERIMENT: Mapping[str, Rule] = {
    "name": NAME,
    "about": text("text: what the experiment is about"),
    "notice": text("text: what to notice"),
    "try": text("text: what to try"),
    "claim": text("text: what it is meant to show or refute"),
    "scenario": text("name of a scenario that ships, or a TOML file", 1000),
    "scenario_events": _SWITCH,
    "weeks": week_rule(1, LONGEST_RUN, remedy="Leave it out for the scenario's own length."),
    "seed": count_rule(0, LARGEST_SEED, "seed of all random numbers"),
    "seeds": one_of(dict.fromkeys((SHARED, BY_ROW), ""), f"{SHARED} or {BY_ROW}", hint=f"{SHARED} or {BY_ROW}"),
    "policies": _NAMES,
    "futures": _NAMES,
    "keep": list_of(_METRIC, "a list of measures of single runs", WHERE_LISTED, "list of measures"),
    "objective": NAME,
    "targets": read_later("table: what is good enough, outcome = value"),
    "time_limit": Rule(number(gt=0), "a number", "above 0 (seconds a run)", "seconds a run", "Give seconds."),
    "budget": count_rule(1, 10**9, "most runs in all"),
    "replicates": count_rule(1, MOST_REPLICATES, "replicates at every point"),
    "until": read_later("table: when a point has replicates enough"),
    "set": read_later("table of parameters that are the same everywhere"),
    "bundles": read_later("tables [bundles.NAME] of the experiment's own policies"),
    "weekly": read_later("table: weekly outcomes to keep"),
    "windows": read_later("list of tables [[windows]]: means over some weeks"),
    "uncertainties": read_later("list of tables [[uncertainties]]"),
    "levers": read_later("list of tables [[levers]]"),
    "shocks": read_later("list of tables [[shocks]]"),
    "designs": read_later("list of tables [[designs]]"),
}
"""Top-level keys of an experiment file."""

_CHECKS = list_of(
    count_rule(2, MOST_REPLICATES, "replicates"), "a list of numbers of replicates", "Write for example [8, 16, 32].",
    "list of numbers of replicates",
)  # fmt: skip

UNTIL = Table(
    "a setting of until",
    {
        "metric": NAME,
        "half_width": POSITIVE,
        "check_at": _CHECKS,
        "max": count_rule(2, MOST_REPLICATES, "most replicates"),
    },
    required=("metric", "half_width", "max"),
)
"""Keys of the table ``[until]``."""

_RANGE: Mapping[str, Rule] = {
    "low": read_later("lowest value"),
    "high": read_later("highest value"),
    "values": read_later("list of the only values"),
    "scale": one_of({"linear": "", "log": ""}, "linear or log", hint="linear or log"),
}

UNCERTAINTY = Table(
    "a setting of an uncertainty",
    {"parameter": text("a dotted name, or all of a section: norm.*", 200), **_RANGE},
    required=("parameter",),
)
"""Keys of a table ``[[uncertainties]]``."""

LEVER = Table(
    "a setting of a lever",
    {
        "name": NAME,
        "change": one_of(
            dict.fromkeys(("amounts", "until", "stop_when", *current().resources), ""),
            "amounts, until, stop_when or a resource",
            "`centricity list resources` shows the resources.",
            "amounts, until, stop_when or a resource",
        ),
        "policies": _NAMES,
        **_RANGE,
    },
    required=("change",),
)
"""Keys of a table ``[[levers]]``."""

FIELD = Table("a setting of a field that varies", {**_RANGE, "base": read_later("value where it does not vary")})
"""Keys of a field of an event that varies."""

_LEVELS = read_later("whole number of levels")

DESIGNS: Mapping[str, Mapping[str, Rule]] = {
    "grid": {"levels": _LEVELS},
    "list": {"points": read_later("list of tables, each factor = value")},
    "one-at-a-time": {},
    "latin-hypercube": {"number": count_rule(1, MOST_POINTS, "rows")},
    "sobol": {
        "number": count_rule(2, MOST_POINTS, "base rows, a power of 2"),
        "second_order": _SWITCH,
    },
    "morris": {
        "trajectories": count_rule(2, MOST_POINTS, "trajectories"),
        "levels": count_rule(4, 100, "levels, an even number"),
    },
}
"""Keys of a table ``[[designs]]`` that depend on its kind."""

DESIGN_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "grid": {"levels": 3},
    "list": {},
    "one-at-a-time": {},
    "latin-hypercube": {"number": 50},
    "sobol": {"number": 64, "second_order": False},
    "morris": {"trajectories": 10, "levels": 4},
}
"""Settings of designs that leave them out."""

KIND = one_of(dict.fromkeys(KINDS, ""), f"one of {', '.join(KINDS)}", hint="kind of design")
"""Rule for the kind of a design."""


def design_table(kind: str | None) -> Table:
    """Keys of a design of one kind; of all kinds together where the kind is not known."""
    own = DESIGNS.get(kind or "", {})
    common: dict[str, Rule] = {"kind": KIND, "name": NAME, "over": read_later("list of factors"),
                               "policies": _NAMES, "futures": read_later("list of futures")}  # fmt: skip
    every = {key: rule for rules in DESIGNS.values() for key, rule in rules.items()} if kind is None else own
    elsewhere = {
        key: f"It belongs to designs of the kind {' and '.join(known for known, rules in DESIGNS.items() if key in rules)}."
        for rules in DESIGNS.values()
        for key in rules
        if kind is not None and key not in own
    }
    required = ("kind", "points") if kind == "list" else ("kind",)
    return Table(f"a setting of a {kind} design" if kind else "a setting of a design", {**common, **every},
                 required=required, elsewhere=elsewhere)  # fmt: skip


_OUTCOMES = "`centricity list outcomes` shows all of them."


def windows_table(known: Registry, weeks: int) -> Table:
    """Keys of a table ``[[windows]]``."""
    return Table(
        "a setting of a window",
        {
            "name": NAME,
            "outcome": one_of(dict.fromkeys(known.outcomes, ""), "a weekly outcome", _OUTCOMES, "a weekly outcome"),
            "from": week_rule(0, weeks - 1, f"the run has {weeks} weeks"),
            "until": week_rule(1, weeks, f"the run has {weeks} weeks"),
        },
        required=("name", "outcome"),
    )


def weekly_table(known: Registry) -> Table:
    """Keys of the table ``[weekly]``."""
    outcome = one_of(dict.fromkeys(known.outcomes, ""), "a weekly outcome", _OUTCOMES, "a weekly outcome")
    return Table(
        "a setting of weekly",
        {
            "outcomes": list_of(outcome, "a list of weekly outcomes", _OUTCOMES, "list of weekly outcomes"),
            "every": week_rule(1, LONGEST_RUN),
        },
        required=("outcomes",),
    )
