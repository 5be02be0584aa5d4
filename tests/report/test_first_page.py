"""Numbers of the first page, recomputed from weekly.parquet and runs.csv with a few lines of pandas."""

from __future__ import annotations

import re
from functools import cache
from html import unescape
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from lab.small import compared, make_policy, small

from sim.analysis.advice_text import name_policy
from sim.analysis.intervals import mean_interval, share_of_runs
from sim.analysis.wording import format_money
from sim.lab import Comparison, compare
from sim.lab.comparison_plan import PolicyLike
from sim.pages.report.decision_page import LEGEND, SCORES, describe_decision
from sim.pages.report.html import describe_report, render_report

YEAR = 52
INSURER = Path(__file__).parents[1] / "lab" / "insurer.toml"


def wide(comparison: Comparison, outcome: str, policy: str) -> pd.DataFrame:
    """An outcome of a policy: a row a week, a column a replicate."""
    weekly = comparison.weekly[comparison.weekly["policy"] == policy]
    return weekly.pivot(index="week", columns="replicate", values=outcome)


def lift(comparison: Comparison, outcome: str, policy: str) -> pd.DataFrame:
    return wide(comparison, outcome, policy) - wide(comparison, outcome, "none")


def worth(values: pd.DataFrame, weeks: int, rate: float) -> pd.Series:
    """Discounted sum of the first weeks, one number a replicate."""
    return values.iloc[:weeks].mul((1.0 + rate) ** (-np.arange(len(values))[:weeks] / YEAR), axis=0).sum()


def of_each_run(comparison: Comparison, policy: str) -> dict[str, pd.Series]:
    """The measures of the first page of every run."""
    rate = float(comparison.plan.scenario.parameters["money.discount"])
    weeks = comparison.plan.scenario.weeks
    kept = {name: wide(comparison, "retention", name).prod() ** (YEAR / weeks) for name in (policy, "none")}
    found = {
        "cost": wide(comparison, "policy_cost", policy).sum(),
        "net_present_value": worth(lift(comparison, "profit", policy), weeks, rate),
        "organization_value": worth(wide(comparison, "profit", policy), weeks, rate),
        "retention_change": kept[policy] - kept["none"],
        "attitudinal_loyalty_change": lift(comparison, "attitudinal_loyalty", policy).iloc[-YEAR:].mean(),
    }
    runs = comparison.runs[comparison.runs["policy"] == policy].set_index("replicate")
    if policy == "ending":
        end = int(runs["sponsorship_end"].iloc[0])
        found["lift_at_end"] = lift(comparison, "enacted", policy).iloc[end - 13 : end].mean()
    return found


@pytest.mark.parametrize("policy", ["ending", "drill", "none"])
def test_means_and_intervals_are_those_of_the_runs(policy: str) -> None:
    comparison = compared()
    measures = comparison.summary["policies"][policy]
    for name, values in of_each_run(comparison, policy).items():
        expected = mean_interval(values.to_numpy()).to_entry()
        assert measures[name] == pytest.approx(expected, rel=1e-9, abs=1e-9), name


def test_shares_are_counted_runs() -> None:
    comparison = compared()
    values = pd.DataFrame({name: of_each_run(comparison, name)["organization_value"] for name in comparison.policies})
    for policy in comparison.policies:
        best = (values.idxmax(axis=1) == policy).to_numpy(dtype=float)
        assert comparison.summary["policies"][policy]["probability_best"] == pytest.approx(
            share_of_runs(best).to_entry()
        )
    runs = comparison.runs[comparison.runs["policy"] == "ending"].set_index("replicate")
    went_on = runs["sponsorship_end"] >= runs["planned_end"]
    paid = (of_each_run(comparison, "ending")["net_present_value"] > 0.0)[went_on].to_numpy(dtype=float)
    assert comparison.summary["policies"]["ending"]["break_even_share"] == pytest.approx(share_of_runs(paid).to_entry())
    assert comparison.summary["stopped"]["ending"]["mean"] == pytest.approx(1.0 - went_on.mean())


def test_the_lead_is_paired_and_the_order_is_that_of_results() -> None:
    comparison = compared()
    values = pd.DataFrame({name: of_each_run(comparison, name)["organization_value"] for name in comparison.policies})
    ranked = list(values.mean().sort_values(ascending=False).index)
    assert list(comparison.ranked) == ranked
    lead = comparison.summary["lead"]
    assert (lead["first"], lead["second"]) == tuple(ranked[:2])
    gap = mean_interval((values[ranked[0]] - values[ranked[1]]).to_numpy()).to_entry()
    assert lead["gap"] == pytest.approx(gap)
    first = render_report(comparison).partition('<table class="scores">')[2].partition("</table>")[0]
    assert re.findall(r"</span>([\w-]+)</th>", first) == ranked


def test_the_first_page_shows_the_cells_and_explains_its_words_in_five_lines() -> None:
    comparison = compared()
    first = render_report(comparison).partition('<section id="answer">')[2].partition('<section id="words">')[0]
    for policy in comparison.policies:
        for name in SCORES:
            cell = comparison.cells[policy][name]
            assert cell.missing or f">{cell.value}<" in first
    assert len(LEGEND) == 5
    plain = unescape(first).replace("\u00a0", " ")
    assert all(line in plain for line in LEGEND)
    assert "Money is discounted and counted over the whole run of 40 weeks." in plain


def test_money_over_time_is_a_table_of_the_report() -> None:
    comparison = compared()
    rows = {row["name"]: row["cells"] for row in describe_decision(comparison)["over_time"]}
    assert list(rows) == [
        "net present value within 40 weeks",
        "paid back on average after",
        "gain in the last year of the run",
        "after the run, fast fading",
        "after the run, slow fading",
    ]
    assert all(len(cells) == len(comparison.policies) for cells in rows.values())
    assert rows["paid back on average after"][0].word == "nothing to pay back"
    assert 'id="over-time"' in render_report(comparison)


def test_the_first_page_tells_the_grain_once() -> None:
    comparison = compare(small(), ["talk"], replicates=4, workers=1, weeks=8, grain=2)
    page = " ".join(describe_report(comparison, ())["organization"])
    assert page.count("simulated, each for") == 1
    assert "stand for" not in page
    assert "Chance of the simulation: " in page
    assert "40 simulated customers stand for 80" in comparison.grain_in_words()


@cache
def insurer(years: int) -> Comparison:
    return compare(INSURER, ["academy"], replicates=2, workers=1, years=years)


@pytest.mark.slow
def test_5_10_and_20_years_have_three_values_that_can_be_recomputed() -> None:
    values = {}
    for years in (5, 10, 20):
        comparison = insurer(years)
        rate = float(comparison.plan.scenario.parameters["money.discount"])
        weeks, profit = YEAR * years, lift(comparison, "profit", "academy")
        assert len(profit) == weeks == comparison.summary["horizon"]
        values[years] = comparison.summary["policies"]["academy"]["net_present_value"]["mean"]
        assert values[years] == pytest.approx(worth(profit, weeks, rate).mean(), rel=1e-9)
        ends = {each["weeks"]: each["policies"] for each in comparison.summary["money_over_time"]["net_present_value"]}
        for end in (each for each in (260, 520, 1040) if each <= weeks):
            assert ends[end]["academy"]["mean"] == pytest.approx(worth(profit, end, rate).mean(), rel=1e-9)
            assert ends[end]["academy"]["mean"] == pytest.approx(values[end // YEAR]), (
                "a longer run begins as a shorter one"
            )
    assert len({round(value) for value in values.values()}) == 3


@pytest.mark.slow
def test_a_horizon_that_is_set_cuts_the_money_and_is_said() -> None:
    cut = compare(INSURER, ["academy"], replicates=2, workers=1, years=10, overrides={"money.horizon": 260})
    five = insurer(5).summary["policies"]["academy"]["net_present_value"]
    assert cut.summary["policies"]["academy"]["net_present_value"] == pytest.approx(five)
    text = "Money is discounted and counted over the first 5 years of a run of 10 years (money.horizon = 260)"
    assert any(text in line for line in cut.answer())
    assert text in unescape(render_report(cut)).replace("\u00a0", " ")


@cache
def long_enough() -> Comparison:
    """A run in which two years pass after sponsorship, and money changes hands in the last year."""
    policies: list[PolicyLike] = [
        "none",
        make_policy("ending", speeches=0.3, coaching=0.3),
        make_policy("posters", posters=0.3),
    ]
    return compare(small().override({"weeks": 170}), policies, replicates=5, seed=2, workers=1)


def test_every_number_in_the_boxes_is_in_weekly_parquet(tmp_path: Path) -> None:
    comparison = long_enough()
    comparison.weekly.to_parquet(tmp_path / "weekly.parquet")
    weekly = pd.read_parquet(tmp_path / "weekly.parquet")
    rate = float(comparison.plan.scenario.parameters["money.discount"])
    weekly["discounted"] = (1.0 + rate) ** (-weekly["week"] / YEAR)
    twin = weekly[weekly["policy"] == "none"].set_index(["replicate", "week"])

    def runs(policy: str, column: str, paired: bool = False) -> pd.DataFrame:
        rows = weekly[weekly["policy"] == policy].set_index(["replicate", "week"])
        values = rows[column] - twin[column] if paired else rows[column]
        return values.unstack("week")

    factors = twin["discounted"].unstack("week")
    page = describe_report(comparison, ())
    boxes = {title: unescape(" ".join(lines)).replace("\u00a0", " ") for title, lines in page["boxes"].items()}
    summary = comparison.summary
    ends = comparison.runs.set_index(["policy", "replicate"])["sponsorship_end"]
    for policy in ("ending", "posters"):
        gain = (runs(policy, "profit", paired=True) * factors).sum(axis=1)
        cost = (runs(policy, "policy_cost") * factors).sum(axis=1).mean()
        last = (runs(policy, "profit", paired=True) * factors).iloc[:, -YEAR:].sum(axis=1)
        said = boxes["What it costs"].partition(f"{policy}: ")[2]
        assert said.startswith(f"{format_money(cost, 'EUR')}, discounted; net, ")
        for values in (gain, last):
            interval = mean_interval(values.to_numpy())
            unsure = interval.low <= 0.0 <= interval.high
            mean = "" if unsure else format_money(abs(interval.mean), "EUR")
            assert mean in said.partition("; paid back")[0]
        so_far = (runs(policy, "profit", paired=True) * factors).cumsum(axis=1).mean()
        assert summary["money_over_time"]["payback"][policy]["week"] == (
            None if so_far.iloc[-1] <= 0.0 else int((so_far > 0.0)[::-1].cummin()[::-1].idxmax())
        )
        lift = runs(policy, "enacted", paired=True)
        later = [lift.loc[run, end + 98 : end + 110].mean() for run, end in ends[policy].items()]
        assert summary["policies"][policy]["lift_later"] == pytest.approx(mean_interval(np.array(later)).to_entry())
        points = (
            100.0 * runs(policy, "attitudinal_loyalty", paired=True) * runs(policy, "active_customers") / YEAR * factors
        ).sum(axis=1)
        worth = summary["policies"][policy]["break_even_loyalty"]["mean"]
        assert worth is None or worth == pytest.approx(-gain.mean() / points.mean())
    names = ("none", "ending", "posters")
    total = pd.DataFrame({name: (runs(name, "profit") * factors).sum(axis=1) for name in names})
    first, second = total.mean().sort_values(ascending=False).index[:2]
    gap = mean_interval((total[first] - total[second]).to_numpy())
    assert f"{format_money(gap.mean, 'EUR')} ahead of {name_policy(second)}" in boxes["The answer"]
    received = {name: (runs(name, "customer_value") * factors).sum(axis=1).mean() for name in names}
    favorite = max(received, key=lambda name: received[name])
    assert re.search(f"(?i){name_policy(favorite)} (also )?has the highest value for customers", boxes["The answer"])
    best = (total.idxmax(axis=1) == first).mean()
    assert f"was best in {100.0 * best:.0f} % of the runs" in boxes["How sure"]
    assert ("cannot be distinguished" in boxes["How sure"].partition("Its lead")[2].partition(".")[0]) == (
        gap.low <= 0.0
    )
