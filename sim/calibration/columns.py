"""Which column of a log holds what: by its name, by what the user says, or by what is in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.calibration.amounts import has_marks, read_amounts
from sim.calibration.dates import looks_like_dates
from sim.calibration.options import Kind, Role
from sim.calibration.text_table import TextTable
from sim.model.scenario.messages import Faults, quoted
from sim.model.scenario.suggestions import closest

NOTHING = "none"
"""What a user names instead of a column to say that there is none."""

NAMES: dict[Role, tuple[str, ...]] = {
    "customer": (
        "customer", "customerid", "customerno", "customernumber", "custid", "cust", "custno", "client", "clientid",
        "user", "userid", "member", "memberid", "buyer", "buyerid", "household", "householdkey", "householdid", "account",
        "accountid", "shopper", "shopperid", "visitor", "visitorid", "person", "personid",
        "kunde", "kundennummer", "kundennr", "kundenid", "kaufer", "numeroclient", "noclient", "idclient", "codeclient",
        "acheteur",
        "cliente", "idcliente", "numerocliente", "codigocliente", "comprador", "klant", "klantnummer", "id",
    ),
    "date": (
        "date", "orderdate", "purchasedate", "transactiondate", "invoicedate", "saledate", "orderpurchasetimestamp", "day",
        "datetime", "timestamp", "time", "createdat", "orderedat", "purchasedat", "transdate", "txdate",
        "datum", "bestelldatum", "kaufdatum", "rechnungsdatum", "buchungstag", "buchungsdatum", "tag", "jour", "fecha", "data",
        "dia",
    ),
    "money": (
        "money", "amount", "total", "totalprice", "totalamount", "ordertotal", "orderamount", "ordervalue", "value",
        "sales", "salesvalue", "salesamount", "revenue", "turnover", "spend", "spent", "paid", "payment", "netamount",
        "grossamount", "price", "unitprice", "dollars", "usd", "euros", "eur", "pounds", "gbp", "transamount", "subtotal",
        "betrag", "umsatz", "summe", "gesamt", "gesamtbetrag", "rechnungsbetrag", "wert", "preis", "einzelpreis", "stuckpreis",
        "montant", "prix", "prixunitaire", "valeur", "importe", "monto", "precio", "preciounitario", "valor", "importo", "prezzo",
        "bedrag", "prijs", "euro", "dollar", "chf",
    ),
    "quantity": (
        "quantity", "qty", "units", "items", "pieces", "numberofitems", "numberofcds", "cds",
        "menge", "anzahl", "stuck", "quantite", "nombre", "cantidad", "unidades", "quantita", "aantal",
    ),
}  # fmt: skip
"""Names that are recognized, best first, in small letters without accents and without anything between the words."""

_PRICES = frozenset(
    {"price", "unitprice", "preis", "einzelpreis", "stuckpreis", "prix", "prixunitaire", "precio", "preciounitario", "prezzo",
     "prijs"}
)  # fmt: skip
_TOTALS = frozenset({"total", "sum", "gesamt", "line", "order"})
_NUMBERING = frozenset({"id", "no", "nr", "n", "num", "number", "nummer", "numero", "code", "codigo", "key", "ref"})
_COUNTS = frozenset({*NAMES["quantity"], "count"})
_LINKING = frozenset({"de", "du", "des", "d", "del", "der", "of", "the", "la", "le", "el", "in", "en", "per", "pro"})
_NO_PURCHASE = frozenset(
    {"birth", "geburt", "naissance", "nacimiento", "due", "delivery", "shipping", "shipped", "update", "updated", "type",
     "method", "status", "tax", "vat", "mwst", "tva", "iva", "discount", "rabatt", "remise", "descuento", "balance", "saldo",
     "solde", "age"}
)  # fmt: skip
"""Words in the names of columns that say something else than when a purchase was made, and for how much."""
_MOST_GUESSED = 5  # columns without names; with more, no one can know
_SAMPLE = 200
_MOST_PERIODS = 600


@dataclass(frozen=True)
class LogColumns:
    """Columns of a log of purchases, counted from 0.

    Attributes:
        customer, date: Who bought, and when.
        money: What was paid, if known.
        quantity: How many were bought, if known; negative for what came back.
        unit_price: Whether the money is for one piece, so that it has to be multiplied by the quantity.
    """

    customer: int
    date: int
    money: int | None = None
    quantity: int | None = None
    unit_price: bool = False

    def describe_columns(self, table: TextTable) -> str:
        """The choice in words: ``customer column 1 (id), date column 3 (day)``."""
        roles = {"customer": self.customer, "date": self.date, "money": self.money, "quantity": self.quantity}
        parts = [f"{role} {table.name(column)}" for role, column in roles.items() if column is not None]
        return ", ".join(parts) + (", money times quantity" if self.unit_price else "")


def recognize_kind(table: TextTable) -> Kind:
    """Kind of the data by their shape: a table of retention counts its lines and has neither customers nor dates."""
    cells = table.cells
    if len(cells) > _MOST_PERIODS or (table.header and _by_name(table, "customer") is not None):
        return "transactions"
    if any(looks_like_dates(cells.iloc[:_SAMPLE, column]) for column in range(table.width)):
        return "transactions"
    counts, _ = read_amounts(cells.iloc[:, 0].str.replace(r"^\s*[^\W\d_]+\s*", "", regex=True))
    steps = counts[1:] - counts[:-1]
    return "retention" if len(cells) and bool((steps == 1.0).all()) else "transactions"


def find_column(table: TextTable, requested: str, option: str, faults: Faults) -> int | None:
    """Column that a user means by its name, or by its number from 1; ``None`` after noting that there is none."""
    names = list(table.header or ())
    exact = [index for index, name in enumerate(names) if name == requested]
    alike = [index for index, name in enumerate(names) if name.casefold() == requested.strip().casefold()]
    for found in (exact, alike):
        if len(found) == 1:
            return found[0]
    if exact or alike:
        numbers = " and ".join(str(index + 1) for index in exact or alike)
        faults.add(option, f"must name one column, got {quoted(requested)}, the name of {numbers}. Give its number.")
        return None
    if re.fullmatch(r"\d{1,6}", requested.strip()) and 1 <= int(requested) <= table.width:
        return int(requested) - 1
    match = closest(requested, names)
    remedy = f"Did you mean {match}?" if match else _known(table)
    faults.add(
        option,
        f"must be the name of a column, or its number from 1 to {table.width}, got {quoted(requested)}. {remedy}",
    )
    return None


def choose_columns(
    table: TextTable, requested: dict[Role, str | None], faults: Faults, warnings: Faults
) -> LogColumns | None:
    """Columns of a log: the user's choice first, then known names, then what columns without names hold.

    Args:
        table: The file.
        requested: What the user asked for; missing or ``None`` to find out, :data:`NOTHING` for no such column.
        faults: Takes what is wrong with the choice.
        warnings: Takes columns that may be money and are not used.
    """
    chosen: dict[Role, int | None] = {}
    before = len(faults.messages)
    for role, name in requested.items():
        if name is not None and name.casefold() == NOTHING and role in ("money", "quantity"):
            chosen[role] = None
        elif name is not None:
            chosen[role] = find_column(table, name, f"--{role}", faults)
    if len(faults.messages) > before:
        return None
    guessed = _guess(table, chosen)
    found = {role: chosen.get(role, guessed.get(role)) for role in NAMES}
    customer, date = found["customer"], found["date"]
    for role, column in (("customer", customer), ("date", date)):
        if column is None:
            summary = role == "date" and customer is not None and table.column(customer).is_unique
            hint = " It has one line a customer, as a summary has; a log has a line a purchase." if summary else ""
            faults.add(
                "the file",
                f"must have a column that says {'who bought' if role == 'customer' else 'when'}, got {_shown(table)}. "
                f"Choose it with --{role} and its {'name' if table.header else 'number from 1'}.{hint}",
            )
    if customer is None or date is None:
        return None
    roles: dict[int, str] = {}
    for role, column in found.items():
        if column is not None and column in roles:
            faults.add(f"--{role}", f"must be a column of its own, got {table.name(column)} as for {roles[column]}.")
            return None
        if column is not None:
            roles[column] = role
    money, quantity = found["money"], found["quantity"]
    if money is None and "money" not in chosen:
        _warn_about_money(table, roles, warnings)
    unit_price = money is not None and quantity is not None and _is_unit_price(table, money)
    return LogColumns(customer, date, money, quantity, unit_price)


def _guess(table: TextTable, chosen: dict[Role, int | None]) -> dict[Role, int | None]:
    """Columns for roles that the user has not decided."""
    if table.header is not None:
        taken = set(chosen.values())
        guesses = {role: _by_name(table, role) for role in NAMES if role not in chosen}
        return {role: column for role, column in guesses.items() if column not in taken}
    if table.width > _MOST_GUESSED or {"customer", "date"} <= chosen.keys():
        return {}
    sample = table.cells.iloc[:_SAMPLE]
    dates = [column for column in range(table.width) if looks_like_dates(sample.iloc[:, column])]
    date = chosen.get("date", dates[0] if len(dates) == 1 else None)
    free = [column for column in range(table.width) if column != date and column not in chosen.values()]
    customer = chosen.get("customer", free[0] if free else None)
    priced = [column for column in free if column != customer and _holds_decimals(table, column)]
    return {"customer": customer, "date": date, "money": priced[-1] if priced else None}


def _by_name(table: TextTable, role: Role) -> int | None:
    """First column with the best known name for a role."""
    names = [_plain_name(table, column) for column in range(table.width)]
    exact = next((names.index(name) for name in NAMES[role] if name in names), None)
    if exact is not None:
        return exact
    alike = [column for column in range(table.width) if _has_words_of(table, column, role)]
    return alike[0] if len(alike) == 1 else None


def _has_words_of(table: TextTable, column: int, role: Role) -> bool:
    """Whether words in the name of a column say its role, and its entries do not contradict: ``dollar_value``."""
    words = words_of(table, column)
    says = words & set(NAMES[role])
    others = words - says - _LINKING
    if not says or others & _NO_PURCHASE:
        return False
    if role == "customer":
        return others <= _NUMBERING
    sample = table.column(column).iloc[:_SAMPLE]
    if role == "date":
        return looks_like_dates(sample)
    return role == "money" and not others & (_NUMBERING | _COUNTS) and _holds_amounts(sample)


def _is_unit_price(table: TextTable, column: int) -> bool:
    """Whether a column of money says by its name that it is for one piece."""
    words = words_of(table, column) | {_plain_name(table, column)}
    return bool(words & _PRICES) and not words & _TOTALS


def _holds_amounts(sample: pd.Series[str]) -> bool:
    """Whether all entries are amounts, or missing."""
    amounts, odd = read_amounts(sample)
    return not odd.any() and not bool(np.isnan(amounts).all())


def _warn_about_money(table: TextTable, used: Mapping[int, str], warnings: Faults) -> None:
    """Warn if a column that is not used may hold what customers paid."""
    sample = table.cells.iloc[:_SAMPLE]
    likely = [
        table.name(column)
        for column in range(table.width)
        if column not in used
        and _holds_amounts(sample.iloc[:, column])
        and (
            has_marks(sample.iloc[:, column])
            or not (sample.iloc[:, column].is_unique or words_of(table, column) & (_NUMBERING | _COUNTS))
        )
    ]
    if likely:
        warnings.add(
            "the money",
            f"is not known: {', '.join(likely[:_MOST_GUESSED])} may hold it, but by no usual name, so what customers pay is "
            f"that of the template. Say --money and the column, or --money {NOTHING} if it is not in the file.",
        )


def words_of(table: TextTable, column: int) -> set[str]:
    """Words of a column's name, in small letters without accents: ``dollar`` and ``value`` of ``DollarValue``."""
    name = _unaccented(table.header[column]) if table.header else ""
    return {word.casefold() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


def _plain_name(table: TextTable, column: int) -> str:
    return re.sub(r"[\W_]+", "", _unaccented(table.header[column]).casefold()) if table.header else ""


def _unaccented(name: str) -> str:
    """A name without accents: ``quantite`` for ``quantité``."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))


def _holds_decimals(table: TextTable, column: int) -> bool:
    """Whether all entries are amounts, some with digits after a point or comma."""
    texts = table.column(column).iloc[:_SAMPLE]
    return not read_amounts(texts)[1].any() and has_marks(texts)


def _known(table: TextTable) -> str:
    return f"Columns: {', '.join(table.header)}." if table.header else "Its columns have no names; give the number."


def _shown(table: TextTable) -> str:
    """The columns of a file in words."""
    if table.header is not None:
        return f"the columns {', '.join(table.header[:14])}{', ...' if table.width > 14 else ''}"
    if not len(table.cells):
        return f"{table.width} columns without a line of data"
    first = " | ".join(str(cell).strip() for cell in table.cells.iloc[0])
    return f"{table.width} columns without names, first {quoted(first)}"
