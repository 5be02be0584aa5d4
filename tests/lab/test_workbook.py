"""All tables in one workbook."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from lab.small import WEEKS, compared
from sim.lab.workbook import list_sheets, write_workbook

pytest.importorskip("openpyxl", reason="workbooks come with the extra lab")


def test_every_table_is_a_sheet_and_every_column_of_measures_is_explained(tmp_path: Path) -> None:
    write_workbook(compared(), tmp_path)
    sheets = pd.read_excel(tmp_path / "tables.xlsx", sheet_name=None, keep_default_na=False)
    assert list(sheets) == ["measures", "weeks", "replicates", "runs", "dictionary"] == list(list_sheets(compared()))
    assert len(sheets["weeks"]) == len(compared().weekly.groupby("policy").size()) * WEEKS
    explained = sheets["dictionary"]
    keys = {"policy", "replicate", "week"}
    for name in ("weeks", "replicates"):
        assert set(sheets[name].columns) - keys <= set(explained.loc[explained["sheet"] == name, "column"])
    row = sheets["measures"].query("policy == 'drill' and measure == 'cost'").iloc[0]
    assert row["mean"] == pytest.approx(compared().summary["policies"]["drill"]["cost"]["mean"])
