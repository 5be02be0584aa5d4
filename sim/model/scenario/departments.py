"""Parts of the organization."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, cast

from pydantic import Field

from sim.model.scenario.messages import number_in_words
from sim.model.scenario.periods import of_period
from sim.model.scenario.refusals import at, raise_any, repeated
from sim.model.scenario.rules import NAME, Rule, number
from sim.model.scenario.suggestions import Wanted, suggest_number
from sim.model.scenario.tables import Table


@dataclass(frozen=True, slots=True)
class Department:
    """A part of the organization.

    Attributes:
        name: Its name, by which policies and events refer to it.
        share: Share of all employees, above 0; the shares of all departments sum to 1.
        facing: Share of its work that faces customers, 0 to 1.
        power: Relative weight in decisions, 0 to 1; above 0 in at least one department.
        turnover: Share of its employees who leave of their own accord in a month; ``None`` where it is that of the organization
            (``employees.turnover``).
    """

    name: str
    share: float
    facing: float
    power: float
    turnover: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Table as it stands in a file."""
        table: dict[str, Any] = {"name": self.name, "share": self.share, "facing": self.facing, "power": self.power}
        return table if self.turnover is None else {**table, "turnover": self.turnover}


def _share(type_: Any, span: str, what: str, remedy: str, high: float = 1.0) -> Rule:
    """Rule for a share of something; ``span`` is its range in words."""
    meant = partial(suggest_number, wanted=Wanted("share", 0.0, high))
    return Rule(type_, "a number", f"{span} ({what})", f"{what}, {span}", remedy, meant)


SHARE = _share(
    number(gt=0, le=1),
    "more than 0, at most 1",
    "share of the employees",
    "Leave a department without employees out.",
)
FACING = _share(number(ge=0, le=1), "0 to 1", "share of its work that faces customers", "Write 0 for a back office.")
POWER = _share(number(ge=0, le=1), "0 to 1", "weight in decisions", "Only the proportions between departments count.")
TURNOVER = _share(
    of_period(number(ge=0, le=0.5), "per month"),
    "0 to 0.5",
    "share of its employees who leave in a month",
    "Without it the department has employees.turnover.",
    0.5,
)


class DepartmentTable(Table):
    """A table ``[[departments]]``."""

    NOUN = "a property of a department"

    name: Annotated[str, NAME]
    share: Annotated[float, SHARE]
    facing: Annotated[float, FACING]
    power: Annotated[float, POWER]
    turnover: Annotated[float, TURNOVER] = Field(cast(Any, None))

    @property
    def department(self) -> Department:
        """The department that this table describes."""
        return Department(self.name, self.share, self.facing, self.power, self.turnover)


def names_of(tables: object) -> list[str] | None:
    """Names of departments, whether the rest of their tables is legal or not; ``None`` if one has no name."""
    if not isinstance(tables, list | tuple):
        return None
    names = [table.get("name") if isinstance(table, Mapping) else None for table in tables]
    known = [name for name in names if isinstance(name, str)]
    return known if known and len(known) == len(names) else None


def check_departments(tables: object) -> None:
    """Refuse departments that do not go together."""
    if not isinstance(tables, list | tuple):
        return
    read = [table for table in tables if isinstance(table, Mapping)]
    names = [table["name"] for table in read if isinstance(table.get("name"), str)]
    wrong = repeated(names, "Rename one of them.")
    shares = [table["share"] for table in read if isinstance(table.get("share"), int | float)]
    legal = [share for share in shares if 0 < share <= 1]
    if legal and len(legal) == len(tables) and abs(sum(legal) - 1) > 1e-6:
        total = number_in_words(round(sum(legal), 9))
        wrong.append(at("share", f"must sum to 1, got {total}.", "Change the shares so that they add up to 1."))
    if tables and all(isinstance(table, Mapping) and table.get("power") == 0 for table in tables):
        wrong.append(at("power", "must be above 0 somewhere, got 0 everywhere.", "Give power to one of them."))
    raise_any(wrong)
