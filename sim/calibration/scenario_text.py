"""The scenario file: numbers from the data, an organization from a template that its owner must edit, and comments."""

from __future__ import annotations

import json
import re
import textwrap
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.calibration.contract_fit import ContractFit
from sim.calibration.customer_base import acquisition, lifetime_numbers
from sim.calibration.legal_ranges import significant, within
from sim.calibration.purchase_log import day_in_words
from sim.calibration.purchases import PurchaseFit
from sim.model.kernel.parameters import ParameterValue
from sim.model.scenario import Scenario
from sim.model.scenario.finding import find
from sim.model.scenario.loading import read_toml
from sim.model.scenario.messages import Faults
from sim.model.scenario.rules import legal_name

_WIDTH = 110
_PURCHASES_TEMPLATE, _CONTRACT_TEMPLATE = "online-store", "retail-bank"
_SCENARIO_FIELDS = ("currency", "weeks", "default_policies", "objective")


_FITTED = "fitted to the data"
_ORIGINS = {
    "customers.initial": "simulated customers at the outset",
    "customers.market": "customers and those who could become so: edit",
    "customers.represented": "real customers for each simulated one: edit",
    "customers.contract_share": "as in the data",
    "customers.acquisition": "keeps the number of customers over a run",
    "money.purchase": "mean over customers of what a purchase is worth, from the data, times --margin",
}
"""What is said of numbers that are not the template's, unless they are simply fitted."""


@dataclass(frozen=True)
class ScenarioOptions:
    """What the user says about the scenario, since the data do not tell it.

    Attributes:
        name: Name of the scenario.
        customers: Simulated customers at the outset; ``None`` for those of the template.
        margin: Share of what customers pay that is margin.
        currency: Currency of all money; ``None`` for that of the template.
        command: Command that wrote the file.
    """

    name: str
    customers: int | None
    margin: float
    currency: str | None
    command: str


def write_scenario(
    fit: PurchaseFit | ContractFit, options: ScenarioOptions, origin: Mapping[str, str], warnings: Faults
) -> str:
    """Text of a scenario file whose customers are those of the data.

    Args:
        fit: What was found.
        options: What the user said.
        origin: Sentences that say where the numbers come from, by the name of what they explain: ``data``, ``fit``,
            ``trust``.
        warnings: Takes what to beware of.
    """
    template = _PURCHASES_TEMPLATE if isinstance(fit, PurchaseFit) else _CONTRACT_TEMPLATE
    table = read_toml(find(template))
    values = _numbers(fit, options, template, warnings)
    for name, value in values.items():
        section, _, key = name.partition(".")
        table.setdefault(section, {})[key] = value
    if isinstance(fit, PurchaseFit):
        kind = "no contract: customers buy at rates of their own and one day stop"
    else:
        kind = "contracts: customers leave at rates of their own"
    about = (
        f"A customer base fitted to data ({kind}). {origin['data']} {origin['fit']} The organization, its departments, "
        f"costs, events and futures are those of {template}: a template, not data."
    )
    advice = (
        "Describe your own organization first: [employees], [[departments]], the costs in [money] and the size of the market "
        f"in [customers] are still those of {template}. Then compare the policies."
    )
    scenario_fields = {
        **{key: table[key] for key in _SCENARIO_FIELDS if key in table},
        "default_policies": _shipped_only(table),
    }
    if options.currency is not None:
        scenario_fields["currency"] = options.currency
    head = [_comment(text) for text in (f"Written by: {options.command}", *origin.values())]
    blocks = [
        "\n".join(head),
        f"name = {_value(options.name)}\n{_prose('about', about)}\n{_prose('notice', origin['trust'])}\n{_prose('try', advice)}",
        "\n".join(f"{key} = {_value(value)}" for key, value in scenario_fields.items()),
        *_sections(table, values),
        *_tables(table, template),
    ]
    text = "\n\n".join(blocks) + "\n"
    Scenario.from_dict(tomllib.loads(text), place=options.name, ship=True)  # what we write can be read
    return text


def _numbers(
    fit: PurchaseFit | ContractFit, options: ScenarioOptions, template: str, warnings: Faults
) -> dict[str, ParameterValue]:
    """Parameters that come from the data or from the user, by dotted name."""
    scenario = Scenario.load(template)
    shipped = scenario.parameters
    numbers: dict[str, ParameterValue] = {**lifetime_numbers(fit)}
    size, market = int(shipped["customers.initial"]), int(shipped["customers.market"])
    initial = options.customers or size
    market = max(round(initial * market / size), initial + 1)
    numbers |= {
        "customers.initial": initial,
        "customers.market": market,
        "customers.represented": within(
            "customers.represented", float(shipped["customers.represented"]) * size / initial
        ),
        "customers.contract_share": 0.0 if isinstance(fit, PurchaseFit) else 1.0,
        "customers.acquisition": significant(
            acquisition(
                numbers,
                initial,
                market,
                float(shipped["customers.history"]),
                scenario.weeks + int(shipped["run.burn_in"]),
            )
        ),
    }
    if isinstance(fit, PurchaseFit) and fit.spending is not None:
        value = fit.spending.mean * options.margin
        numbers["money.purchase"] = within("money.purchase", value)
        if numbers["money.purchase"] != significant(value):
            warnings.add(
                "money.purchase",
                f"must be at most {numbers['money.purchase']:g}, got {value:.6g}. Count money in thousands.",
            )
        if fit.spending.spread is not None:
            numbers["money.margin_spread"] = within("money.margin_spread", fit.spending.spread)
    return numbers


def _shipped_only(table: Mapping[str, Any]) -> list[str]:
    """Policies of the template that are not its own, since its own name its departments."""
    own = table.get("policies", {})
    return [name for name in table.get("default_policies", ["none"]) if name not in own]


def _sections(table: Mapping[str, Any], values: Mapping[str, ParameterValue]) -> list[str]:
    """Tables of parameters, each number with a word on where it comes from."""
    blocks = []
    for section, entries in table.items():
        if not isinstance(entries, Mapping) or section in ("policies", "futures"):
            continue
        lines = [f"[{section}]"]
        for key, value in entries.items():
            name = f"{section}.{key}"
            fitted = name in values
            if section == "lifetime" and not fitted and not name.endswith("satisfaction_link"):
                continue  # customers of the other kind, of whom there are none
            lines.append(f"{key} = {_value(value)}  # {_ORIGINS.get(name, _FITTED) if fitted else 'template: edit'}")
        blocks.append("\n".join(lines))
    return blocks


def _tables(table: Mapping[str, Any], template: str) -> list[str]:
    """Departments, events and futures of the template."""
    titled = [(f"[[{kind}]]", entry) for kind in ("departments", "events") for entry in table.get(kind, [])]
    titled += [(f"[futures.{_key(name)}]", entry) for name, entry in table.get("futures", {}).items()]
    blocks = [
        "\n".join([title, *(f"{_key(key)} = {_value(value)}" for key, value in entry.items())])
        for title, entry in titled
    ]
    return [f"# The departments, events and futures below are those of {template}. Describe your own.", *blocks]


def name_of(stem: str) -> str:
    """A legal name of a scenario, as near to the name of its file as possible."""
    return legal_name(stem, "calibrated")


def period_in_words(fit: PurchaseFit) -> str:
    """Days that the estimate has seen: ``1997-01-01 to 1997-09-30``."""
    return f"{day_in_words(fit.log.first_day)} to {day_in_words(fit.calibration_end)}"


def _comment(text: str) -> str:
    return textwrap.fill(text, _WIDTH, initial_indent="# ", subsequent_indent="# ", break_long_words=False)


def _prose(key: str, text: str) -> str:
    """A multi-line string of TOML."""
    lines = textwrap.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False)
    return "\n".join([f'{key} = """', *(_value(line)[1:-1] for line in lines), '"""'])


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _value(key)


def _value(value: object) -> str:
    """A value as TOML writes it; its strings are those of JSON."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(entry) for entry in value)}]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value).lower() if isinstance(value, bool) else repr(value)
