"""A calibration as a whole: read the data, fit, write the scenario with its figure and its numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sim.calibration import figures, fit_report
from sim.calibration.columns import recognize_kind
from sim.calibration.contract_fit import ContractFit, fit_contract
from sim.calibration.options import Options
from sim.calibration.outputs import Outputs
from sim.calibration.purchase_log import read_log
from sim.calibration.purchases import MOST_FITTED, PurchaseFit, check_for_contracts, fit_purchases
from sim.calibration.retention_table import read_retention
from sim.calibration.scenario_text import ScenarioOptions, name_of, write_scenario
from sim.calibration.text_table import TextTable, read_table
from sim.lab.manifest import versions
from sim.model.scenario.finding import check_path
from sim.model.scenario.messages import Faults, ScenarioError, quoted

_SLOW = 50_000  # customers; with more, the user is told how long it takes
_SECONDS_A_CUSTOMER = 1e-4


@dataclass(frozen=True)
class Calibration:
    """Result of a calibration.

    Attributes:
        fit: What was found.
        summary: The same in words.
        warnings: What to beware of.
        written: Files written: scenario, figure, numbers.
    """

    fit: PurchaseFit | ContractFit
    summary: str
    warnings: tuple[str, ...]
    written: tuple[Path, ...]


def calibrate_files(
    data: str | Path,
    out: str | Path,
    options: Options,
    overwrite: bool = False,
    report: Callable[[str], None] = lambda _: None,
) -> Calibration:
    """Fit the customer base to a file of data and write a scenario.

    Args:
        data: Log of transactions or table of retention.
        out: Scenario to write, ending in ``.toml``; a figure and the numbers go beside it.
        options: What the user says about both.
        overwrite: Whether a scenario that was edited may be replaced.
        report: Called with a line of text before work that takes long.

    Raises:
        ScenarioError: With every fault that stands in the way; nothing is written then.
    """
    data, out = check_path("data", data), check_path("out", out)
    faults, outputs = Faults(), Outputs.of(out)
    options.check(faults)
    outputs.check(data, overwrite, faults)
    faults.raise_any()
    table = read_table(data)
    warnings = Faults(table.label)
    try:
        fit = _fit(table, options, warnings, report)
    except ScenarioError:
        for warning in warnings.messages:  # they often say why
            report(f"warning: {warning}")
        raise
    name = name_of(out.stem)
    file = data.name if data.name.isprintable() else quoted(data.name).encode("ascii", "replace").decode()
    origin = fit_report.origin(fit, file, table.digest)
    scenario_options = ScenarioOptions(
        name, options.customers, options.margin or 1.0, options.currency, options.command(data, out)
    )
    text = write_scenario(fit, scenario_options, origin, warnings)
    figure = figures.draw(fit, fit_report.title(fit, name), f"Data: {file}. {origin['fit']}")
    numbers = {
        "data": file,
        "data_sha256": table.digest,
        **fit_report.as_json(fit),
        "warnings": warnings.messages,
        "versions": versions(),
    }
    outputs.write(text, figure, numbers)
    return Calibration(fit, fit_report.summary(fit), tuple(warnings.messages), outputs.all)


def _fit(
    table: TextTable, options: Options, warnings: Faults, report: Callable[[str], None]
) -> PurchaseFit | ContractFit:
    """The model that suits the kind of data, fitted."""
    kind = options.kind or recognize_kind(table)
    faults = Faults()
    options.refuse_foreign(kind, faults)
    faults.raise_any()
    if kind == "retention":
        retention = read_retention(
            table,
            options.column,
            options.period,
            options.unit,
            options.cohort,
            warnings,
            options.values,
            options.decimal,
        )
        return fit_contract(retention, options.fit_years, warnings)
    log = read_log(table, options.roles, options.date_format, warnings, options.sign, options.decimal)
    if not log.has_money:
        options.refuse_idle(log.columns, faults)
        faults.raise_any()
    check_for_contracts(log, bool(options.kind), table.label, warnings)
    if log.customers > _SLOW:
        seconds = min(log.customers, MOST_FITTED) * _SECONDS_A_CUSTOMER
        report(f"{log.rows:,} lines read; fitting {log.customers:,} customers takes about {seconds:.0f} s.")
    fit = fit_purchases(log, options.holdout_weeks, warnings, table.label)
    if fit.spending is not None and options.margin is None:
        warnings.add(
            "money.purchase",
            "must be the margin on a purchase; the file has amounts, "
            f"{fit.spending.mean:.4g} a purchase on average, and they are "
            "taken as margin. Give the share of them that is margin, such as "
            "--margin 0.3, or --margin 1 if the file holds margins.",
        )
    return fit
