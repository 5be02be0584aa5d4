"""The evidence framework: facts as data, verdicts, the command."""

from __future__ import annotations

import json
from dataclasses import replace
from math import inf, nan
from pathlib import Path

import numpy as np
import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from sim import evidence
from sim.commands.evidence import register
from sim.evidence import Fact, FactError, Measurement, Row, RunBudget, Verdict, load_facts, measure, score
from sim.evidence.design import Designs
from sim.evidence.measures.experiments import pairs, scenario_with
from sim.evidence.region import override_parameters
from sim.evidence.registry import MEASURES, load_measures
from sim.evidence.scoring import choose_facts, judge_measurement
from sim.evidence.tables import render_json, render_markdown, render_table
from sim.model.kernel.parameters import Tier

DETERMINISTIC = (
    "sbg-*-fit",
    "sbg-*-projection*",
    "sbg-*-retention",
    "cdnow-data",
    "cdnow-fit",
    "cdnow-hold-out",
    "homer",
)
DETERMINISTIC_TOO = (
    "oliva-sterman-2001-pulse",
    "oliva-sterman-2001-step",
    "lyneis",
    "harrison",
    "bass-1969-peak",
    "degroot",
    "granovetter",
    "repenning",
)

FACT = Fact("toy/one", "A claim", "toy.constant", {"value": 1.0}, 0.5, 1.5, "nowhere", Tier.CONJECTURE, target=1.0)

app = typer.Typer()
register(app)


@pytest.fixture(autouse=True)
def toy_measures(monkeypatch: pytest.MonkeyPatch) -> None:
    load_measures()
    monkeypatch.setitem(MEASURES, "toy.constant", lambda run_budget, value: Measurement.exact(value))
    monkeypatch.setitem(
        MEASURES,
        "toy.noise",
        lambda run_budget, n: Measurement.of_runs(np.random.default_rng(run_budget.seed).random(n)),
    )
    monkeypatch.setitem(MEASURES, "toy.broken", lambda run_budget: 1 / 0)


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_every_shipped_fact_has_source_tier_claim_and_a_measure_that_takes_its_arguments() -> None:
    facts = load_facts()
    assert len(facts) > 150 and len({fact.id for fact in facts}) == len(facts)
    assert all(fact.claim and fact.source and fact.low <= fact.high for fact in facts)
    assert {fact.measure for fact in facts} <= set(load_measures())
    with pytest.raises(FactError, match=r"Did you mean march1991\.knowledge"):
        score(facts=[replace(facts[0], measure="march1991.knowlege")])
    with pytest.raises(FactError, match="cannot be called so"):
        score(facts=[replace(FACT, arguments={"values": 1.0})])


def test_every_measure_says_what_it_measures_and_is_used() -> None:
    used = {fact.measure for fact in load_facts()}
    for name, function in load_measures().items():
        if not name.startswith("toy."):
            assert function.__doc__ and name in used


def test_all_replications_without_chance_hold() -> None:
    rows = score(DETERMINISTIC + DETERMINISTIC_TOO)
    assert len(rows) > 70
    assert [row.fact.id for row in rows if row.verdict is not Verdict.HOLDS] == []


@pytest.mark.slow
def test_no_replication_fails() -> None:
    facts = load_facts(Path(evidence.__file__).parent / "facts" / "replications.toml")
    rows = score(
        quick=True, facts=[fact for fact in facts if "2018" not in fact.id]
    )  # Centola has slow tests of his own
    assert [(row.fact.id, row.error) for row in rows if row.verdict is Verdict.FAILS or row.error] == []


def test_verdicts_know_when_they_do_not_know() -> None:
    assert judge_measurement(0.0, 1.0, Measurement(0.5, 0.1, 0.9)) is Verdict.HOLDS
    assert judge_measurement(0.0, 1.0, Measurement(0.5, -0.1, 0.9)) is Verdict.INCONCLUSIVE
    assert judge_measurement(0.0, 1.0, Measurement(2.0, 1.1, 2.9)) is Verdict.FAILS
    assert judge_measurement(0.0, inf, Measurement(2.0, 1.1, 2.9)) is Verdict.HOLDS
    assert judge_measurement(0.0, 1.0, Measurement(0.5, -inf, inf)) is Verdict.INCONCLUSIVE
    assert judge_measurement(0.0, 1.0, Measurement.exact(nan)) is Verdict.INCONCLUSIVE
    assert judge_measurement(0.1, 0.3, Measurement.exact(0.1 + 0.2)) is Verdict.HOLDS


@given(value=st.floats(-10, 10), half=st.floats(0, 5), low=st.floats(-10, 10), width=st.floats(0, 5))
def test_a_verdict_is_one_of_three_and_never_both(value: float, half: float, low: float, width: float) -> None:
    verdict = judge_measurement(low, low + width, Measurement(value, value - half, value + half))
    if verdict is Verdict.HOLDS:
        assert low - 1e-9 <= value <= low + width + 1e-9
    if verdict is Verdict.FAILS:
        assert not low <= value <= low + width


def test_intervals() -> None:
    sample = [1.0, 2.0, 3.0, 4.0]
    mean = Measurement.of_runs(sample)
    assert (mean.value, mean.runs) == (2.5, 4)
    assert mean.high - mean.value == pytest.approx(3.182446 * np.std(sample, ddof=1) / 2, rel=1e-5)
    assert Measurement.of_runs([1.0]).high == inf
    share = Measurement.of_share(0, 20)
    assert share.value == 0.0
    assert share.low == pytest.approx(0.0, abs=1e-12)
    assert share.high == pytest.approx(0.161, abs=1e-3)
    difference = Measurement.of_difference([3.0, 3.0], [1.0, 1.0])
    assert (difference.low, difference.high) == (2.0, 2.0)
    rng = np.random.default_rng(1)
    gaps = [Measurement.of_difference(rng.normal(1, 1, 20), rng.normal(0, 2, 30)) for _ in range(400)]
    assert 0.92 < np.mean([gap.low <= 1.0 <= gap.high for gap in gaps]) < 0.98


def test_a_broken_measure_is_a_row_and_not_the_end() -> None:
    broken = replace(FACT, id="toy/two", measure="toy.broken", arguments={})
    rows = score(facts=[broken, FACT])
    assert [row.verdict for row in rows] == [Verdict.INCONCLUSIVE, Verdict.HOLDS]
    assert "ZeroDivisionError" in rows[0].error and rows[0].measurement is None
    assert "the measure broke down: ZeroDivisionError" in render_table(rows)


def test_a_fact_has_its_own_randomness() -> None:
    noisy = [replace(FACT, id=f"toy/{i}", measure="toy.noise", arguments={"n": 5}) for i in range(3)]
    alone, together = score(["toy/1"], facts=noisy)[0], score(facts=noisy)[1]
    assert alone.measurement == together.measurement
    assert (
        RunBudget.for_fact("toy/1", True).runs(100, 7) == 7 and RunBudget.for_fact("toy/1", False).runs(100, 7) == 100
    )


def test_progress_is_reported_and_names_are_matched() -> None:
    facts = [replace(FACT, id=name) for name in ("alpha-1990/a", "alpha-1990/b", "beta")]
    text: list[tuple[int, int, str]] = []
    score(["alpha-1990"], progress=lambda *step: text.append(step), facts=facts)
    assert text == [(0, 2, "alpha-1990/a"), (1, 2, "alpha-1990/b"), (2, 2, "")]
    assert [row.fact.id for row in score(["*/b", "beta"], facts=facts)] == ["alpha-1990/b", "beta"]
    assert len(score(["alpha"], facts=facts)) == 2
    with pytest.raises(FactError, match="Did you mean beta"):
        score(["betta"], facts=facts)


def test_json_has_no_nan() -> None:
    open_band = replace(FACT, low=-inf, target=None)
    record = json.loads(render_json([Row(open_band, Measurement(nan, -inf, inf, 1), Verdict.INCONCLUSIVE, 0.0)]))
    assert record["facts"][0]["band_low"] is None and record["facts"][0]["measured"] is None
    assert record["counts"] == {"holds": 0, "fails": 0, "inconclusive": 1}


def test_all_faults_of_a_file_at_once(tmp_path: Path) -> None:
    path = write(
        tmp_path / "mine.toml",
        '[[facts]]\nid = "a"\nclaim = "c"\nmeasure = "m"\nsource = "s"\ntier = 9\ntarget = 1\ntoleranse = 2\n'
        '[[facts]]\nid = "b"\nmeasure = "m"\nsource = "s"\ntier = 1\nat_least = "0"\n',
    )
    with pytest.raises(FactError) as caught:
        load_facts(path)
    text = str(caught.value)
    for part in (
        "mine.toml: facts[a]: toleranse is not a field of a fact. Did you mean tolerance?",
        "facts[a]: tier must be 1 (replication) to 5 (conjecture), got 9",
        "facts[a]: needs either target and tolerance",
        "facts[b]: claim is missing",
        "facts[b]: at_least must be a number, got '0'",
    ):
        assert part in text
    with pytest.raises(FactError, match="is not TOML"):
        load_facts(write(tmp_path / "bad.toml", "facts = ["))


def test_a_kind_is_of_a_file_a_fact_or_a_case_and_only_what_emerges_validates(tmp_path: Path) -> None:
    head = '[[facts]]\nclaim = "c"\nmeasure = "m"\nsource = "s"\ntier = 3\ntarget = 1\ntolerance = 1\n'
    text = f'kind = "replication"\n{head}id = "a"\n{head}id = "b"\nkind = "emergent"\n'
    text += 'cases = [{ id = "p" }, { id = "q", kind = "instrument" }, { id = "r", calibrated = true }]\n'
    facts = load_facts(write(tmp_path / "mine.toml", text))
    assert [fact.kind.value for fact in facts] == ["replication", "emergent", "instrument", "emergent"]
    assert [fact.calibrated for fact in facts] == [False, False, False, True]
    rows = [Row(fact, Measurement.exact(1.0), Verdict.HOLDS, 0.0) for fact in facts]
    rows += [Row(replace(facts[1], id="c", tier=Tier.CONJECTURE), Measurement.exact(1.0), Verdict.HOLDS, 0.0)]
    said = "3 emergent, 1 instrument, 1 replication; 1 uncalibrated of tier 2 or 3 and emergent: 1 holds, 0 fails"
    assert said in render_table(rows) and f"Kinds of facts: {said}" in render_markdown(rows)
    document = json.loads(render_json(rows))
    assert document["kinds"] == {"emergent": 3, "instrument": 1, "replication": 1}
    assert document["validating"] == {"number": 1, "holds": 1, "fails": 0, "inconclusive": 0}
    assert load_facts(write(tmp_path / "plain.toml", f'{head}id = "a"\n'))[0].kind.value == "emergent"
    with pytest.raises(FactError, match=r"'lucky' is not a kind of fact\. Legal are emergent, instrument, replication"):
        load_facts(write(tmp_path / "bad.toml", f'{head}id = "a"\nkind = "lucky"\n'))


def test_cases_share_what_they_do_not_say(tmp_path: Path) -> None:
    path = write(
        tmp_path / "mine.toml",
        '[[facts]]\nid = "g"\nclaim = "c"\nmeasure = "m"\nsource = "s"\ntier = 2\ntolerance = 0.5\n'
        "arguments = { x = 1 }\n"
        'cases = [{ id = "p", target = 1, arguments = { y = 2 } }, { id = "q", target = 2, tolerance = 0.1 }]\n',
    )
    first, second = load_facts(path)
    assert (first.id, first.arguments, first.low, first.high) == ("g/p", {"x": 1, "y": 2}, 0.5, 1.5)
    assert (second.id, second.arguments, second.band) == ("g/q", {"x": 1}, "2 ± 0.1")


def test_a_name_belongs_to_one_measure() -> None:
    with pytest.raises(ValueError, match="registered twice"):
        measure("march1991.knowledge")(lambda run_budget: Measurement.exact(1.0))


@pytest.mark.slow
def test_command(tmp_path: Path) -> None:
    out = tmp_path / "evidence.json"
    result = CliRunner().invoke(app, ["--only", "bass-1969-peak", "--only", "degroot", "--out", str(out)])
    assert result.exit_code == 0 and "2 holds, 0 fails, 0 inconclusive" in result.output
    assert [fact["verdict"] for fact in json.loads(out.read_text(encoding="utf-8"))["facts"]] == ["holds", "holds"]
    assert [path.name for path in tmp_path.iterdir()] == ["evidence.json"]


def test_command_refuses_before_it_works(tmp_path: Path) -> None:
    for options, message in (
        (["--only", "march-1992"], "--only: march-1992 is not the id of a fact. Did you mean march-1991"),
        (["--out", str(tmp_path / "no" / "file.json")], "--out must be in a folder that exists"),
        (["--out", str(tmp_path)], "--out must be a file, got the folder"),
        (["--points", "1", "--design", str(Path(__file__) / "folder")], "--design must be in a folder that can be"),
        (["--out", str(tmp_path / "a.md"), "--regions"], "--out must not stand beside --regions"),
    ):
        result = CliRunner().invoke(app, options)
        assert result.exit_code == 2 and message in result.output and "Traceback" not in result.output
    assert list(tmp_path.iterdir()) == []


def test_command_reports_a_fact_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.evidence.scoring.load_facts", lambda: [replace(FACT, arguments={"value": 9.0})])
    result = CliRunner().invoke(app, ["--workers", "1"])
    assert result.exit_code == 1 and "1 fails" in result.output


@pytest.mark.slow
def test_several_workers_give_the_same_rows(tmp_path: Path) -> None:
    names = ["bass-1969-agents", "degroot", "posters/cynicism-rises"]
    found = []
    for workers in (1, 2):
        designs = Designs(tmp_path / str(workers))
        designs.extend(choose_facts(names), 2, workers)
        rows = score(names, quick=True, workers=workers, designs=designs)
        found.append([replace(row, seconds=0.0) for row in rows])
    assert found[0] == found[1]
    kept = [{path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("1", "2")]
    assert kept[0] == kept[1] and set(kept[0]) == {"default.csv", "made_from.json"}
    for row in found[0]:
        assert (row.region is not None) is row.fact.id.startswith("posters")


def test_at_a_point_facts_see_its_parameters_and_nothing_is_left_of_it_afterwards() -> None:
    plain = scenario_with({}).parameters
    with override_parameters({"employees.turnover": 0.09, "norm.sharpness": 6.5}):
        there = scenario_with({"norm.sharpness": 9.0}).parameters
        assert (there["employees.turnover"], there["norm.sharpness"]) == (0.09, 9.0), "what a fact sets goes first"
        elsewhere = pairs("posters", None, 20, 1)[0].run.weekly
    assert scenario_with({}).parameters == plain
    assert not pairs("posters", None, 20, 1)[0].run.weekly.equals(elsewhere)


def test_a_minimal_budget_takes_the_fewest_runs() -> None:
    minimal = RunBudget(quick=True, minimal=True)
    assert (minimal.runs(12, 4), minimal.runs(300, 60), minimal.runs(2, 1)) == (1, 15, 1)
    assert Measurement.of_difference([2.0], [1.0]) == Measurement(1.0, -inf, inf, 2)


def test_tables_say_text_claim_and_region(tmp_path: Path) -> None:
    fact = replace(FACT, seed="003: a poster (row 26)", note="Because it is a toy.")
    row = Row(fact, Measurement(1.7, 1.6, 1.8, 9), Verdict.FAILS, 0.1, region=Measurement.of_share(5, 8))
    table = render_table([row])
    assert "text and claim" in table and "003: A claim" in table and "62% (31% to 86%) of 8 points" in table
    record = json.loads(render_json([row]))["facts"][0]
    assert (record["seed"], record["claim"], record["region"]["points"]) == (fact.seed, "A claim", 8)
    document = render_markdown([row])
    assert "## Text 003" in document and "| `toy/one` | A claim | default | 5 |" in document
    assert "| 26 | 003 | The poster nobody believes |" in document
    assert "- `toy/one` (fails): Because it is a toy." in document
    out = tmp_path / "evidence.md"
    assert CliRunner().invoke(app, ["--only", "degroot", "--out", str(out)]).exit_code == 0
    assert out.read_text(encoding="utf-8").startswith("# Evidence")


def test_an_interrupt_says_so_and_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> list[Row]:
        raise KeyboardInterrupt

    monkeypatch.setattr("sim.commands.evidence.score", interrupt)
    result = CliRunner().invoke(app, ["--out", str(tmp_path / "evidence.json")])
    assert result.exit_code == 130 and "Interrupted" in result.output
    assert list(tmp_path.iterdir()) == []
