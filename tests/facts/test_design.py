"""Points of the plausible ranges: what is drawn, and that a kept design is reused, extended, and known to be stale."""

from __future__ import annotations

import json
from dataclasses import replace
from math import inf, nan
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from sim.commands.evidence import register
from sim.evidence import design as designs_module
from sim.evidence.design import DEAR, MANIFEST, Designs
from sim.evidence.fact import Fact, FactError, load_facts
from sim.evidence.measurement import Measurement, RunBudget
from sim.evidence.measures.experiments import scenario_with
from sim.evidence.region import BLOCK, bank, can_have_region, draw_parameters, parameters_drawn, reason_without_region
from sim.evidence.registry import MEASURES, load_measures
from sim.evidence.scoring import NOT_MEASURED, score
from sim.evidence.tables import render_json, render_markdown, render_regions, render_table, summarize_regions
from sim.lab.evidence_settings import CORE, DEFAULT, ISOLATED, evidence_settings, parameters_in
from sim.model.kernel.parameters import Tier
from sim.model.registry import current

FACT = Fact("posters/toy", "A claim", "toy.at_point", {"of": "norm.sharpness"}, 9.0, inf, "nowhere", Tier.CONJECTURE)
CALLS: list[str] = []


@pytest.fixture(autouse=True)
def toy_measures(monkeypatch: pytest.MonkeyPatch) -> None:
    """A measure that reads a parameter at the point, as if it ran the organization; it breaks down or has no value on request."""
    load_measures()

    def at_point(budget: RunBudget, of: str, below: float = -inf, instead: float | None = None) -> Measurement:
        assert budget.minimal or budget.runs(4, 2)
        CALLS.append(of)
        value = float(scenario_with({}).parameters[of])
        if value < below:
            if instead is None:
                raise ZeroDivisionError
            value = instead
        return Measurement.exact(value)

    at_point.__module__ = "sim.evidence.measures.organization"
    monkeypatch.setitem(MEASURES, "toy.at_point", at_point)
    CALLS.clear()


def test_only_what_nobody_can_look_up_is_drawn() -> None:
    """Unknowns that the bank leaves at their default, and what the bank's file says it does not know."""
    known = current().parameters
    for setting in evidence_settings():
        drawn = {each.name: each for each in parameters_drawn(setting)}
        assert {known[name].kind for name in set(drawn) - {"employees.turnover"}} == {"unknown"}
        assert known["employees.turnover"].kind == "own" and drawn["employees.turnover"].plausible == (0.01, 0.03)
        assert not set(drawn) & {"moments.hours", "calendar.slots", "workload.baseline"}, "a lever, a definition, own"
        assert all(bank().parameters[name] == known[name].default for name in set(drawn) - set(bank().plausible))


def test_a_point_leaves_alone_what_the_setting_sets() -> None:
    for setting in (CORE, ISOLATED):
        assert not set(draw_parameters(setting, 0)) & set(parameters_in(setting))
        assert set(draw_parameters(DEFAULT, 0)) & set(parameters_in(setting)), "in the default they are drawn"


def test_a_parameter_has_the_same_draws_in_every_setting() -> None:
    default, core = draw_parameters(DEFAULT, 7), draw_parameters(CORE, 7)
    assert set(core) < set(default)
    assert core == {name: default[name] for name in core}
    assert draw_parameters(DEFAULT, 8) != default


def test_a_block_of_points_is_a_latin_hypercube() -> None:
    parameters = {each.name: each for each in parameters_drawn(CORE)}
    for block in (0, 1):
        points = [draw_parameters(CORE, block * BLOCK + number) for number in range(BLOCK)]
        for name in ("norm.sharpness", "employees.turnover"):
            low, high = parameters[name].plausible or (nan, nan)
            places = np.array([(float(point[name]) - low) / (high - low) for point in points])
            assert sorted(np.floor(places * BLOCK).astype(int)) == list(range(BLOCK))


def test_every_setting_of_a_headline_has_a_region_and_the_others_say_why_not() -> None:
    measures = load_measures()
    facts = {fact.id: fact for fact in load_facts()}
    for name in ("posters/nothing-enacted", "posters/nothing-enacted/core", "symbolic-first/values/core"):
        assert can_have_region(facts[name], measures[facts[name].measure])
    reasons = {fact.id: reason_without_region(fact, measures[fact.measure]) for fact in facts.values()}
    assert reasons["degroot-1974-limit"] == "no run of the organization is in it"
    assert reasons["tenure-anchors"] == "it set a parameter"
    assert reasons["continuum/symbolic"] == "it means nothing over the ranges"
    assert can_have_region(replace(FACT, tier=Tier.EXPERIMENT), measures["toy.at_point"])
    assert set(DEAR) <= {fact.measure for fact in facts.values()}


def test_a_region_is_the_share_of_the_points_at_which_the_value_lies_in_the_band(tmp_path: Path) -> None:
    kept = Designs(tmp_path)
    assert kept.region(FACT) is None and kept.movers(FACT) is None
    kept.extend([FACT], 20)
    expected = [float(draw_parameters(DEFAULT, number)["norm.sharpness"]) >= 9.0 for number in range(20)]
    region = Designs(tmp_path).region(FACT)
    assert region is not None and region.stale == ()
    assert region.share == Measurement.of_share(sum(expected), 20)
    other = Designs(tmp_path).region(replace(FACT, low=-inf, high=0.0))
    assert other is not None and other.share.value == 0.0, "another band needs no new runs"
    assert Designs(tmp_path).region(replace(FACT, arguments={"of": "norm.memory"})) is None, "but another value does"


def test_where_a_measure_breaks_down_a_fact_fails_and_without_a_value_nothing_is_known(tmp_path: Path) -> None:
    everywhere = replace(FACT, low=-inf)
    broken = replace(everywhere, id="posters/broken", arguments={"of": "norm.sharpness", "below": 9.0})
    missing = replace(
        everywhere, id="posters/missing", arguments={"of": "norm.sharpness", "below": 9.0, "instead": nan}
    )
    Designs(tmp_path).extend([everywhere, broken, missing], 20)
    kept = Designs(tmp_path)
    regions = [kept.region(fact) for fact in (everywhere, broken, missing)]
    assert all(region is not None for region in regions)
    shares = [region.share for region in regions if region is not None]
    assert shares[0].value == 1.0 and shares[1].runs == 20 and 0.0 < shares[1].value < 1.0
    assert shares[2].value == 1.0 and shares[2].runs == shares[1].value * 20


def test_a_design_that_is_extended_is_the_one_made_at_once_and_repeats_nothing(tmp_path: Path) -> None:
    core = replace(FACT, id="posters/toy/core", setting=CORE)
    Designs(tmp_path / "twice").extend([FACT], 4)
    assert len(CALLS) == 4
    Designs(tmp_path / "twice").extend([core, FACT], 7)
    assert len(CALLS) == 4 + 3 + 7
    Designs(tmp_path / "twice").extend([core, FACT], 5)
    assert len(CALLS) == 14, "nothing is missing"
    Designs(tmp_path / "once").extend([FACT, core], 7)
    files = sorted(path.name for path in (tmp_path / "once").iterdir())
    assert files == ["core.csv", "default.csv", MANIFEST]
    for name in files:
        assert (tmp_path / "once" / name).read_bytes() == (tmp_path / "twice" / name).read_bytes()


def test_a_row_of_the_file_has_the_parameters_of_a_point_and_the_values_there(tmp_path: Path) -> None:
    Designs(tmp_path).extend([FACT], 3)
    head, *rows = (tmp_path / "default.csv").read_text(encoding="utf-8").splitlines()
    names = head.split(",")
    assert names[0] == "point" and names[-1] == FACT.id and len(rows) == 3
    last = dict(zip(names, rows[2].split(","), strict=True))
    assert last["point"] == "2" and float(last[FACT.id]) == pytest.approx(float(last["norm.sharpness"]), rel=1e-3)
    drawn = draw_parameters(DEFAULT, 2)
    assert {name: float(last[name]) for name in drawn} == pytest.approx(
        {name: float(drawn[name]) for name in drawn}, rel=1e-3
    )


def test_what_has_changed_since_is_said_and_measured_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Designs(tmp_path).extend([FACT], 3)
    monkeypatch.setattr(designs_module, "source_hash", lambda parts: f"new {'model/' in parts}")
    stale = Designs(tmp_path).region(FACT)
    assert stale is not None and stale.stale == ("model", "measures") and stale.share.runs == 3
    Designs(tmp_path).extend([FACT], 2)
    fresh = Designs(tmp_path).region(FACT)
    assert fresh is not None and fresh.stale == () and fresh.share.runs == 2, "a stale column is not extended"
    monkeypatch.setattr(designs_module, "_digest_draws", lambda setting: "others")
    ranges = Designs(tmp_path).region(FACT)
    assert ranges is not None and ranges.stale == ("ranges",)


def test_columns_of_facts_that_are_gone_go_with_the_next_whole_design(tmp_path: Path) -> None:
    Designs(tmp_path).extend([FACT, replace(FACT, id="gone")], 2)
    Designs(tmp_path).extend([FACT], 2)
    assert Designs(tmp_path).region(replace(FACT, id="gone")) is not None
    Designs(tmp_path).extend([FACT], 2, whole=True)
    assert Designs(tmp_path).region(replace(FACT, id="gone")) is None
    assert "gone" not in (tmp_path / "default.csv").read_text(encoding="utf-8")


def test_a_dear_measure_is_taken_at_some_points_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(designs_module, "DEAR", {"toy.at_point": 4})
    Designs(tmp_path).extend([FACT], 9)
    region = Designs(tmp_path).region(FACT)
    assert region is not None and region.share.runs == 3
    assert list(Designs(tmp_path).by_setting[DEFAULT].values[FACT.id]) == [0, 4, 8]


def test_a_damaged_folder_is_said_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text('{"settings": {"default": {}}}', encoding="utf-8")
    with pytest.raises(FactError, match=r"must be readable, got KeyError.*Restore or delete it"):
        Designs(tmp_path)


def test_what_moves_a_headline_is_found_among_all_that_is_drawn(tmp_path: Path) -> None:
    Designs(tmp_path).extend([FACT, replace(FACT, id="elsewhere")], 60)
    kept = Designs(tmp_path)
    found = kept.movers(FACT)
    assert found is not None and found.points == 60 and found.explained > 0.99
    assert (found.found[0].name, found.found[0].tier) == ("norm.sharpness", current().parameters["norm.sharpness"].tier)
    assert found.found[0].coefficient > 0.9
    strong = [each for each in found.found if abs(each.coefficient) >= 0.1 and each.tier is Tier.CONJECTURE]
    assert found.conjectures == len(strong)
    assert [each.fact.id for each in kept.headlines([FACT, replace(FACT, id="elsewhere")])] == [FACT.id]


def test_tables_have_the_region_beside_every_verdict_and_in_the_summary(tmp_path: Path) -> None:
    kept = Designs(tmp_path)
    kept.extend([FACT], 20)
    sourced = replace(FACT, id="posters/sourced", calibrated=True)
    later = replace(FACT, id="posters/later")
    rows = score(facts=[FACT, sourced, later], designs=kept)
    region = rows[0].region
    assert region is not None and (rows[1].no_region, rows[2].no_region) == ("it set a parameter", NOT_MEASURED)
    share = f"{region.value:.0%} ({region.low:.0%} to {region.high:.0%}) of 20 points"
    movers = kept.headlines([FACT])
    for text in (render_table(rows, movers), render_markdown(rows, movers=movers), render_regions(rows, movers)):
        assert share in text and f"over the plausible ranges: at {share}" in text
        assert "– (it set a parameter)" in text and f"– ({NOT_MEASURED})" in text
        assert "norm.sharpness +" in text
    assert "holds, " not in render_regions(rows)
    document = json.loads(render_json(rows, movers=movers))
    assert document["regions"] == f"over the plausible ranges: at {share}"
    assert document["facts"][0]["region"]["points"] == 20 and document["facts"][0]["region"]["stale"] == []
    assert document["facts"][1]["no_region"] == "it set a parameter"
    assert document["headlines"][0]["moved_by"][0]["parameter"] == "norm.sharpness"


def test_the_command_makes_points_reads_them_and_shows_them_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.evidence.scoring.load_facts", lambda: [FACT])
    app = typer.Typer()
    register(app)
    keep = ["--workers", "1", "--design", str(tmp_path / "points")]
    made = CliRunner().invoke(app, [*keep, "--points", "5", "--regions"])
    assert made.exit_code == 0 and "of 5 points" in made.output and len(CALLS) == 5
    shown = CliRunner().invoke(app, [*keep, "--regions"])
    assert shown.stdout == made.stdout and len(CALLS) == 5
    out = tmp_path / "evidence.md"
    CliRunner().invoke(app, [*keep, "--out", str(out)])
    text = out.read_text(encoding="utf-8")
    assert "of 5 points" in text and "## What moves the headlines" in text and len(CALLS) == 6
    damaged = tmp_path / "points" / "default.csv"
    damaged.unlink()
    refused = CliRunner().invoke(app, [*keep, "--regions"])
    assert refused.exit_code == 2 and "Restore or delete it" in refused.output and "Traceback" not in refused.output


def test_the_summary_of_many_regions() -> None:
    def row(share: int, points: int, **more: Any) -> Any:
        return replace(score(facts=[FACT])[0], region=Measurement.of_share(share, points), **more)

    rows = [row(100, 100), row(95, 100), row(30, 100), row(70, 100), row(5, 25, stale=("model",))]
    assert summarize_regions(rows) == (
        "over the plausible ranges: half of the facts hold at 70% of the points or more, 2 at 90% or more, 2 at less than half "
        "(4 at 100 points, 1 at 25 points); stale: the model changed since"
    )
    assert summarize_regions([replace(rows[0], region=None, no_region=NOT_MEASURED)]).endswith(NOT_MEASURED)
