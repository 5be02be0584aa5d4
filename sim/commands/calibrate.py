"""``centricity calibrate``: a scenario whose customers are those of your data."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated, cast

import typer

from sim.calibration.options import Decimal, Kind, Options, Period, Sign, Unit, Values
from sim.commands.errors import INTERRUPTED, Debug, reporting_faults, write_messages
from sim.commands.terminal import echo

_LOG, _TABLE = "Log of transactions", "Table of retention"


def calibrate(
    data: Annotated[Path, typer.Argument(metavar="DATA", help="CSV, or text in columns: a log, or a table.")],
    out: Annotated[Path, typer.Option("--out", metavar="SCENARIO", help="Scenario to write, ending in .toml.")],
    kind: Annotated[
        str | None, typer.Option(metavar="KIND", help="transactions or retention; found out from the file.")
    ] = None,
    customers: Annotated[
        int | None, typer.Option(metavar="N", help="Simulated customers at the outset (default: as in the template).")
    ] = None,
    currency: Annotated[str | None, typer.Option(metavar="WORD", help="Currency of all money, such as EUR.")] = None,
    decimal: Annotated[
        str | None, typer.Option(metavar="WORD", help="Mark before decimals: point or comma; found out if it can be.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a scenario that was edited.")] = False,
    customer: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN", help="Who bought: name of the column, or its number from 1.", rich_help_panel=_LOG
        ),
    ] = None,
    date: Annotated[str | None, typer.Option(metavar="COLUMN", help="When.", rich_help_panel=_LOG)] = None,
    money: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="What was paid; or none.", rich_help_panel=_LOG)
    ] = None,
    quantity: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="How many, below 0 for returns; or none.", rich_help_panel=_LOG),
    ] = None,
    sign: Annotated[
        str | None,
        typer.Option(
            metavar="WORD",
            help="Sign of what was paid: positive; negative as in exports of banks.",
            rich_help_panel=_LOG,
        ),
    ] = None,
    date_format: Annotated[
        str | None,
        typer.Option(
            metavar="FORMAT",
            help="How dates are written, such as %d.%m.%Y; excel (days) or epoch (seconds, milliseconds) for numbers.",
            rich_help_panel=_LOG,
        ),
    ] = None,
    holdout_weeks: Annotated[
        int | None,
        typer.Option(
            metavar="N", help="Weeks at the end by which the fit is judged (default: half).", rich_help_panel=_LOG
        ),
    ] = None,
    margin: Annotated[
        float | None,
        typer.Option(
            metavar="SHARE", help="Margin as a share of what customers pay (default 1).", rich_help_panel=_LOG
        ),
    ] = None,
    column: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN", help="Survivors: name of the column, or its number from 1.", rich_help_panel=_TABLE
        ),
    ] = None,
    values: Annotated[
        str | None,
        typer.Option(
            metavar="WORD",
            help="What that column holds: survivors, or the share that leaves (churn) or stays (retention) in each period.",
            rich_help_panel=_TABLE,
        ),
    ] = None,
    period: Annotated[
        str | None,
        typer.Option(metavar="WORD", help="year, half-year, quarter, month or week.", rich_help_panel=_TABLE),
    ] = None,
    unit: Annotated[
        str | None, typer.Option(metavar="WORD", help="percent, share or count.", rich_help_panel=_TABLE)
    ] = None,
    cohort: Annotated[
        int | None, typer.Option(metavar="N", help="Customers at the start.", rich_help_panel=_TABLE)
    ] = None,
    fit_years: Annotated[
        int | None, typer.Option(metavar="N", help="Years to fit; the others judge.", rich_help_panel=_TABLE)
    ] = None,
    debug: Debug = False,
) -> None:
    """Fit the customer base to a log of transactions, or to a table of retention, and write a scenario.

    A log has a customer and a date in every line, and perhaps money; a table has a period and the survivors of a cohort.

    Columns are known by their usual names, or by what is in them, as in the CDNOW file. If not, say which, by name or by
    number: --customer 1 --date 3 --money 5.

    A picture, SCENARIO.png, and the fit in numbers, SCENARIO.fit.json, are written beside SCENARIO.toml.

    Example: centricity calibrate purchases.csv --customer buyer --date day --money total --out my-shop.toml
    """
    options = Options(
        kind=cast(Kind | None, kind), customers=customers, currency=currency, decimal=cast(Decimal | None, decimal),
        customer=customer, date=date, money=money, quantity=quantity, sign=cast(Sign | None, sign), date_format=date_format,
        holdout_weeks=holdout_weeks, margin=margin, column=column, values=cast(Values | None, values),
        period=cast(Period | None, period), unit=cast(Unit | None, unit), cohort=cohort, fit_years=fit_years,
    )  # fmt: skip
    try:
        with reporting_faults(debug):
            from sim.calibration.calibrate import calibrate_files  # pandas and matplotlib are slow to import

            result = calibrate_files(data, out, options, overwrite, lambda text: write_messages([text]))
    except KeyboardInterrupt:
        write_messages(["Interrupted: nothing was written. Run the same command again."])
        raise typer.Exit(INTERRUPTED) from None
    write_messages(f"warning: {warning}" for warning in result.warnings)
    echo(result.summary)
    echo(f"\nWritten: {', '.join(str(path) for path in result.written)}")
    echo(f"Next: describe your own organization in {out}, then: centricity compare {shlex.quote(str(out))}")


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("calibrate")(calibrate)
