"""All tables of a comparison in one workbook for spreadsheets, with the dictionary of their columns."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from sim.analysis.metrics import METRICS
from sim.lab.comparison import Comparison, data_dictionary
from sim.safe_text import for_spreadsheet

WORKBOOK = "tables.xlsx"
"""Name of the file."""


def write_workbook(comparison: Comparison, folder: Path) -> None:
    """Write every table of a comparison into a folder, one a sheet.

    Weeks are means over replicates, since a sheet has no room for those of every run; ``weekly.parquet`` has them.
    """
    with pd.ExcelWriter(folder / WORKBOOK, engine="openpyxl") as writer:
        for name, table in list_sheets(comparison).items():
            for_spreadsheet(table).to_excel(writer, sheet_name=name, index=False, freeze_panes=(1, 0))


def list_sheets(comparison: Comparison) -> dict[str, pd.DataFrame]:
    """Every table by the name of its sheet, the dictionary last."""
    measures = pd.DataFrame(
        [
            {"policy": policy, "measure": measure, "unit": METRICS[measure].unit, **entry}
            for policy, entries in comparison.summary["policies"].items()
            for measure, entry in entries.items()
        ]
    )
    weeks = comparison.weekly.groupby(["policy", "week"], sort=False).mean().reset_index().drop(columns="replicate")
    sheets = {
        "measures": measures,
        "weeks": weeks,
        "replicates": comparison.measures_of_runs(),
        "runs": comparison.runs,
    }
    if comparison.difference is not None:
        sheets["second scenario"] = comparison.difference.table
    if comparison.parameter_uncertainty is not None:
        sheets["parameter points"] = comparison.parameter_uncertainty.sweep.factor_values
        sheets["runs at parameter points"] = comparison.parameter_uncertainty.sweep.runs.drop(columns="future")
    files = {"weekly.parquet": "weeks", "replicates.csv": "replicates"}
    dictionary = data_dictionary().rename(columns={"file": "sheet"}).replace({"sheet": files})
    meanings = [("measures", each.name, each.unit, each.meaning) for each in METRICS.values()]
    both = pd.concat([dictionary, pd.DataFrame(meanings, columns=list(dictionary.columns))], ignore_index=True)
    return {**sheets, "dictionary": both}
