"""Options of a calibration, and their checks."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal, TypeGuard, get_args

from sim.model.scenario.messages import Faults, show
from sim.model.scenario.refusals import read
from sim.model.scenario.rules import CURRENCY, Rule, number, text, whole_rule
from sim.model.scenario.suggestions import closest

Kind = Literal["transactions", "retention"]
Role = Literal["customer", "date", "money", "quantity"]
Period = Literal["year", "half-year", "quarter", "month", "week"]
Unit = Literal["percent", "share", "count"]
Decimal = Literal["point", "comma"]
"""The mark before the decimals. The other one separates thousands."""

Sign = Literal["positive", "negative"]
Values = Literal["survivors", "churn", "retention"]

_WORDS = {
    "kind": get_args(Kind),
    "period": get_args(Period),
    "unit": get_args(Unit),
    "decimal": get_args(Decimal),
    "sign": get_args(Sign),
    "values": get_args(Values),
}
_FOR_LOGS = ("customer", "date", "money", "quantity", "sign", "date_format", "holdout_weeks", "margin", "currency")
_FOR_TABLES = ("column", "values", "period", "unit", "cohort", "fit_years")
_FOR_MONEY = ("sign", "margin", "currency")
_LEAST = {"holdout_weeks": 0, "cohort": 1, "fit_years": 2, "customers": 1}
_MOST = 10_000_000
_MARGIN = Rule(
    number(gt=0, le=1), "", "more than 0, at most 1 (share of what customers pay)", remedy="Write 0.3 for 30 %."
)
_COLUMN = text("text", longest=10_000)


def is_decimal(word: str) -> TypeGuard[Decimal]:
    """Whether a word names a mark before decimals."""
    return word in get_args(Decimal)


@dataclass(frozen=True, kw_only=True)
class Options:
    """Options apart from the two files; ``None`` where the value is found out or has a default.

    Attributes:
        kind: Whether the data are a log of transactions or a table of retention.
        customers: Simulated customers at the outset.
        currency: Currency of all money.
        decimal: The mark before decimals.
        customer, date, money, quantity: Columns of a log, by name or number from 1.
        sign: Whether purchases are above 0, or below, as banks have them.
        date_format: How dates are written, as for ``strptime``; or a word of :data:`~sim.calibration.dates.COUNTED`.
        holdout_weeks: Weeks at the end of a log that the fit does not see.
        margin: Margin as a share of what customers pay.
        column: Column of a table with the survivors.
        values: What that column holds: survivors, or the share of those present that leaves, or stays, in each period.
        period: Length of the periods of a table.
        unit: What survivors are counted in.
        cohort: Customers at the start of a table.
        fit_years: Years of a table to fit.
    """

    kind: Kind | None = None
    customers: int | None = None
    currency: str | None = None
    decimal: Decimal | None = None
    customer: str | None = None
    date: str | None = None
    money: str | None = None
    quantity: str | None = None
    sign: Sign | None = None
    date_format: str | None = None
    holdout_weeks: int | None = None
    margin: float | None = None
    column: str | None = None
    values: Values | None = None
    period: Period | None = None
    unit: Unit | None = None
    cohort: int | None = None
    fit_years: int | None = None

    @property
    def roles(self) -> dict[Role, str | None]:
        """Columns of a log."""
        return {"customer": self.customer, "date": self.date, "money": self.money, "quantity": self.quantity}

    def command(self, data: Path, out: Path) -> str:
        """The command line, without folders and without defaults."""
        words = ["centricity", "calibrate", data.name, "--out", out.name]
        for name in (field.name for field in fields(self)):
            value = getattr(self, name)
            if value is not None:
                words += [_written(name), str(value)]
        return shlex.join(words)

    def check(self, faults: Faults) -> None:
        """Note every value that makes no sense by itself."""
        for name, words in _WORDS.items():
            value = getattr(self, name)
            if value is not None and value not in words:
                match = closest(str(value), words)
                remedy = f"Did you mean {match}?" if match else "Leave it out to have it found out."
                faults.add(_written(name), f"must be one of {', '.join(words)}, got {show(value)}. {remedy}")
        for name, least in _LEAST.items():
            value = getattr(self, name)
            if value is not None:
                rule = whole_rule(least, _MOST, "Leave it out for the default.")
                read(rule.adapter.validate_python, value, _written(name), faults)
        if self.margin is not None:
            read(_MARGIN.adapter.validate_python, self.margin, "--margin", faults)
        for name in (*get_args(Role), "date_format", "column"):
            if getattr(self, name) is not None:
                read(_COLUMN.adapter.validate_python, getattr(self, name), _written(name), faults)
        if isinstance(self.currency, str) and not self.currency.strip():
            faults.add("--currency", "must be a word such as EUR, got nothing. Leave it out for that of the template.")
        elif self.currency is not None:
            read(CURRENCY.adapter.validate_python, self.currency, "--currency", faults)

    def refuse_foreign(self, kind: Kind, faults: Faults) -> None:
        """Note options that mean nothing for this kind of data."""
        foreign: Sequence[str] = _FOR_LOGS if kind == "retention" else _FOR_TABLES
        other: Kind = "transactions" if kind == "retention" else "retention"
        noun = {"retention": "a table of retention", "transactions": "a log of transactions"}
        for name in foreign:
            if getattr(self, name) is not None:
                faults.add(
                    _written(name),
                    f"is for {noun[other]}, got {noun[kind]}. Leave it out, or say --kind {other} if that is what the file "
                    "holds.",
                )

    def refuse_idle(self, columns: str, faults: Faults) -> None:
        """Note options about money where a log has none; ``columns`` are those that were used."""
        for name in _FOR_MONEY:
            if getattr(self, name) is not None:
                rule = f"is for what customers paid, got a log without money ({columns})"
                faults.add(
                    _written(name), f"{rule}. Name the column of it with --money, or leave {_written(name)} out."
                )


def _written(name: str) -> str:
    return f"--{name.replace('_', '-')}"
