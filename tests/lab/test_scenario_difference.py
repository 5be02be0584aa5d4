"""A second scenario: the same policies with the same seeds, less the first."""

from __future__ import annotations

import json
from html import unescape
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from lab.small import TEXT, compared, small
from sim.commands.cli import app
from sim.lab import compare
from sim.lab.comparison_plan import ComparisonRequest, plan_comparison
from sim.lab.comparison_run import run_comparison
from sim.lab.display import format_cell
from sim.lab.missing_values import summarize_sponsorship
from sim.model.scenario import ScenarioError
from sim.pages.report.html import describe_report


def test_differences_are_those_of_two_comparisons_with_the_same_seed() -> None:
    changed = small().override({"employees.turnover": 0.1})
    found = run_comparison(
        plan_comparison(ComparisonRequest(small(), ["none", "drill"], replicates=3, workers=1, second=changed))
    )
    first = compare(small(), ["none", "drill"], replicates=3, workers=1).measures_of_runs()
    second = compare(changed, ["none", "drill"], replicates=3, workers=1).measures_of_runs()
    assert found.difference is not None
    table = found.difference.table.set_index(["policy", "measure"])
    for policy in ("none", "drill"):
        pairs = [each[each["policy"] == policy]["organization_value"].to_numpy() for each in (first, second)]
        assert table.loc[(policy, "organization_value"), "difference"] == pytest.approx(np.mean(pairs[1] - pairs[0]))
    assert found.difference.changed == {"employees.turnover": (0.02, 0.1)}
    entry = found.summary["second_scenario"]["policies"]["drill"]["organization_value"]
    assert entry["low"] < entry["mean"] < entry["high"]


def test_a_scenario_less_itself_is_nothing() -> None:
    request = ComparisonRequest(small(), "drill", weeks=8, replicates=2, workers=1, second=small())
    found = run_comparison(plan_comparison(request)).difference
    assert found is not None
    assert (found.table["difference"].dropna() == 0.0).all()
    assert (
        "no parameter differs"
        in found.describe("organization_value", "EUR", run_comparison(plan_comparison(request)).sponsorship)[0]
    )


def test_runs_of_different_length_and_missing_policies_are_refused() -> None:
    with pytest.raises(ScenarioError, match="must run as long as the first scenario, 40 weeks, got 30 in small"):
        plan_comparison(ComparisonRequest(small(), "drill", second=small().override({"weeks": 30})))
    with pytest.raises(ScenarioError, match="drill"):
        plan_comparison(ComparisonRequest(small(), "drill", second="online-store"))


def test_the_command_prints_and_writes_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sim.pages.report.pictures.PICTURES", ())
    Path("a.toml").write_text(TEXT, encoding="utf-8")
    Path("b.toml").write_text(
        TEXT.replace('name = "small"', 'name = "lean"').replace("number = 30", "number = 20"), "utf-8"
    )
    words = "compare a.toml b.toml --policy none --policy drill --replicates 2 --weeks 8 --workers 1 --out o"
    result = CliRunner().invoke(app, words.split())
    assert result.exit_code == 0, result.output
    assert "In lean, with the same seeds (employees.number 30 to 20):" in result.stdout
    assert set(pd.read_csv("o/second-scenario.csv")["policy"]) == {"none", "drill"}
    page = unescape(Path("o/report.html").read_text(encoding="utf-8"))
    section = page.partition('<section id="second">')[2].partition("</section>")[0]
    assert "In lean, the second scenario" in section
    assert "<code>employees.number</code>: 30 here, 20 there." in section
    entry = json.loads(Path("o/summary.json").read_text(encoding="utf-8"))["second_scenario"]["policies"]["drill"]
    assert entry["cost"]["mean"] < 0.0
    cell = format_cell("cost", entry["cost"], summarize_sponsorship("drill", pd.read_csv("o/runs.csv"), 8), "", "EUR")
    assert f"<span>{cell.value}</span>" in section


def test_without_a_second_scenario_the_report_has_no_section() -> None:
    assert describe_report(compared(), ())["second"] is None
