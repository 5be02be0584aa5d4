"""A log of purchases: who bought on which day, and for how much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from sim.calibration.amounts import LARGEST, decide_decimal, has_marks, read_amounts
from sim.calibration.columns import LogColumns, choose_columns
from sim.calibration.dates import is_missing, read_dates
from sim.calibration.options import Decimal, Role, Sign
from sim.calibration.text_table import TextTable
from sim.model.kernel.array_types import BoolArray, FloatArray, IntArray
from sim.model.scenario.messages import Faults, quoted

DAYS_A_WEEK = 7

_MOST_NAMELESS = 0.5  # share of lines without a customer above which the column is not believed
_MOST_RETURNS = 0.5  # share of the lines above which amounts below 0 are not taken for returns
_MOST_EMPTY = 0.5  # share of the period without any purchase above which the dates count as suspect
_STRAYS = 0.01  # share of the lines on the other side of such a gap up to which their dates are called wrong


@dataclass(frozen=True)
class PurchaseLog:
    """Purchases, one a customer and day, in the order of customers and days.

    Attributes:
        customer: Number of the customer, from 0.
        day: Day of the purchase, counted from 1970-01-01.
        money: Paid on that day; NaN where not known. All NaN without a column for it.
        customers: Number of customers.
        rows: Lines of data in the file.
        merged: Lines that were added to another of the same customer and day.
        columns: The columns that were used, in words.
        has_money: Whether there is a column for money.
    """

    customer: IntArray
    day: IntArray
    money: FloatArray
    customers: int
    rows: int
    merged: int
    columns: str
    has_money: bool

    @property
    def first_day(self) -> int:
        """Day of the first purchase."""
        return int(self.day.min())

    @property
    def last_day(self) -> int:
        """Day of the last purchase."""
        return int(self.day.max())

    @property
    def weeks(self) -> float:
        """Length of the period, its first and last day included."""
        return (self.last_day - self.first_day + 1) / DAYS_A_WEEK


def day_in_words(day: int) -> str:
    """A day counted from 1970-01-01 as people write it: ``1997-01-01``."""
    return date.fromordinal(day + date(1970, 1, 1).toordinal()).isoformat()


def read_log(
    table: TextTable,
    requested: Mapping[Role, str | None],
    date_format: str | None,
    warnings: Faults,
    sign: Sign | None = None,
    decimal: Decimal | None = None,
) -> PurchaseLog:
    """Log in a table of text.

    Args:
        table: The file.
        wanted: Columns that the user chose, by name or number.
        date_format: How dates are written; ``None`` to find out.
        warnings: Takes what was left out or looks wrong.
        sign: Whether purchases are above 0 (as they are unless said otherwise) or below.
        decimal: The mark before decimals; ``None`` to find out.

    Raises:
        ScenarioError: With every fault of the columns.
    """
    faults = Faults(table.label)
    if not len(table.cells):
        faults.add("the file", "must hold purchases, got only the names of columns. Export the data again.")
    columns = None if faults.messages else choose_columns(table, dict(requested), faults, warnings)
    faults.raise_any()
    assert columns is not None  # its faults would have been raised
    days, style = read_dates(table, columns.date, date_format, faults, warnings)
    named = _named(table, columns.customer, faults, warnings)
    amounts = _Amounts(table, decimal, style, faults, warnings)
    money, returned = _money(table, columns, sign, amounts)
    faults.raise_any()
    keep = named & ~returned
    if not keep.any():
        faults.add("the file", "must hold purchases, got none with a customer that is not a return. Check the columns.")
    faults.raise_any()
    customer, _ = pd.factorize(table.column(columns.customer).str.strip()[keep], sort=False)
    log = _merge(customer, days[keep], money[keep], len(table.cells), columns, table)
    _warn_about_copies(customer, days[keep], money[keep], table.cells.index.to_numpy()[keep], warnings)
    _check_gap(days[keep], table.cells.index.to_numpy()[keep], faults, warnings)
    faults.raise_any()
    return log


def _named(table: TextTable, column: int, faults: Faults, warnings: Faults) -> BoolArray:
    """Which lines say whose purchase it was."""
    missing = is_missing(table.column(column))
    number = int(missing.sum())
    if number:
        place = _locate(table, column, missing)
        what = f"must name the customer, got nothing in {_lines(number)}, this the first."
        if number > _MOST_NAMELESS * missing.size:
            faults.add(place, f"{what} Choose another column with --customer, or fill the names in.")
        else:
            warnings.add(place, f"{what} They are left out: fill the names in if these customers matter.")
    return ~missing


@dataclass(frozen=True)
class _Amounts:
    """Reads columns of amounts of one file."""

    table: TextTable
    decimal: Decimal | None
    date_style: str
    faults: Faults
    warnings: Faults

    def read(self, column: int, option: str, sign: Sign | None) -> tuple[FloatArray, BoolArray]:
        """Amounts of a column, and which lines are returns; entries that are no amounts are noted."""
        table, faults = self.table, self.faults
        texts = table.column(column)
        amounts, bad = read_amounts(
            texts, decide_decimal(table, column, self.decimal, self.date_style, faults, self.warnings)
        )
        if bad.any():
            kind = f"a number with a decimal {self.decimal}" if self.decimal else "a number"
            faults.add(
                _locate(table, column, bad),
                f"must be {kind}, got {quoted(str(texts[bad].iloc[0]).strip())} in "
                f"{_lines(int(bad.sum()))}, this the first. Correct these lines, or choose another column with {option} "
                "(none for no such column).",
            )
        large = np.abs(amounts) > LARGEST
        if large.any():
            got = f"got {quoted(str(texts[large].iloc[0]).strip())} in {_lines(int(large.sum()))}, this the first"
            faults.add(
                _locate(table, column, large), f"must be at most {LARGEST:.0e}, {got}. Correct or remove these lines."
            )
        if sign == "negative":
            amounts = -amounts
        below, known = amounts < 0, np.count_nonzero(np.nan_to_num(amounts))
        if sign is None and below.sum() > _MOST_RETURNS * known:
            if option == "--money":
                remedy = "If purchases are written below 0, as in exports of banks, say --sign negative; --sign positive if not."
            else:
                remedy = "Write --quantity none if this column does not say what came back."
            rule = f"must be 0 or more for purchases, got less in {_lines(int(below.sum()))}, most of them, this the first."
            faults.add(_locate(table, column, below), f"{rule} {remedy}")
        return amounts, below


def _money(table: TextTable, columns: LogColumns, sign: Sign | None, amounts: _Amounts) -> tuple[FloatArray, BoolArray]:
    """What was paid in every line, NaN where not known, and which lines are returns."""
    size, faults, warnings = len(table.cells), amounts.faults, amounts.warnings
    money, returned = np.full(size, np.nan), np.zeros(size, dtype=np.bool_)
    used = [column for column in (columns.quantity, columns.money) if column is not None]
    if amounts.decimal and not any(has_marks(table.column(column)) for column in used):
        rule = f"is for amounts with a point or a comma, got none ({columns.describe_columns(table)})."
        faults.add("--decimal", f"{rule} Leave it out.")
    if columns.quantity is not None:
        quantity, returned = amounts.read(columns.quantity, "--quantity", None)
    if columns.money is not None:
        money, below = amounts.read(columns.money, "--money", sign)
        returned = returned | below
        if columns.unit_price:
            money = money * quantity
        unknown = int(np.isnan(money).sum())
        if unknown == size and not faults.messages:
            faults.add(table.name(columns.money), "must hold amounts, got only missing ones. Write --money none.")
        elif unknown and not faults.messages:
            warnings.add(
                _locate(table, columns.money, np.isnan(money)),
                f"must be an amount, got nothing in {_lines(unknown)}, this the first. "
                "They count as purchases, but not for what is spent.",
            )
    if returned.any() and not faults.messages:
        first = table.cells.index[np.flatnonzero(returned)[0]]
        rule, got = (
            ("must have money below 0", "more")
            if sign == "negative"
            else ("must have money and quantity of 0 or more", "less")
        )
        warnings.add(
            f"line {first}",
            f"{rule}, got {got} in {_lines(int(returned.sum()))}, this the first. They are "
            "taken for returns and left out: give only purchases if that is wrong.",
        )
    return money, returned


def _merge(
    customer: IntArray, day: IntArray, money: FloatArray, rows: int, columns: LogColumns, table: TextTable
) -> PurchaseLog:
    """The log with one entry per customer and day. The money of a day is added up; it is unknown if any of it is."""
    first, span = int(day.min()), int(day.max() - day.min()) + 1
    keys, visit = np.unique(customer * span + (day - first), return_inverse=True)
    paid = np.asarray(np.bincount(visit, weights=money, minlength=keys.size), dtype=np.float64)
    number = int(customer.max()) + 1
    has_money = columns.money is not None
    in_words = columns.describe_columns(table)
    return PurchaseLog(
        keys // span, keys % span + first, paid, number, rows, customer.size - keys.size, in_words, has_money
    )


def _warn_about_copies(customer: IntArray, day: IntArray, money: FloatArray, line: IntArray, warnings: Faults) -> None:
    """Warn if lines repeat another one to the cent, since copies would double what was spent."""
    if np.isnan(money).all():
        return
    copies = pd.DataFrame({"customer": customer, "day": day, "money": money}).duplicated().to_numpy()
    if copies.any():
        first = line[np.flatnonzero(copies)[0]]
        warnings.add(
            f"line {first}",
            f"must not repeat customer, day and money of a line before, got {_lines(int(copies.sum()))} that do, this "
            "the first. They are one purchase, and their money is added up: remove them if they are copies.",
        )


def _check_gap(day: IntArray, line: IntArray, faults: Faults, warnings: Faults) -> None:
    """Warn if no one bought for most of the period; it is a fault if only a few lines stretch it, as wrong years do."""
    days = np.unique(day)
    if days.size < 2:
        return
    gaps = np.diff(days)
    widest = int(np.argmax(gaps))
    if gaps[widest] <= max(_MOST_EMPTY * (days[-1] - days[0]), 4 * DAYS_A_WEEK):
        return
    before, after = int(days[widest]), int(days[widest + 1])
    early = day <= before
    few = early if early.sum() * 2 < day.size else ~early
    rule = (
        f"must be of one period, got no purchase between {day_in_words(before)} and {day_in_words(after)}, most of it."
    )
    if few.sum() <= max(_STRAYS * day.size, 1):
        number = int(few.sum())
        first = f"line {line[np.flatnonzero(few)[0]]}"
        stray = day_in_words(int(day[few][0]))
        faults.add(first, f"has a date, {stray}, that {rule} Correct or remove {_lines(number)}, this the first.")
    else:
        warnings.add("the dates", f"{rule} Look for dates that are wrong.")


def _locate(table: TextTable, column: int, where: BoolArray) -> str:
    """The first of some lines, and a column."""
    return f"line {table.cells.index[np.flatnonzero(where)[0]]}, {table.name(column)}"


def _lines(number: int) -> str:
    return f"{number:,} line" + ("s" if number != 1 else "")
