"""The page: one file that needs no network, says everything, and makes sense of odd comparisons too."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import cache
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from lab.small import compared, make_policy, small

from sim.analysis.metrics import METRICS
from sim.lab import Comparison, compare, replicate
from sim.lab.comparison_plan import PolicyLike
from sim.lab.failure import Failure
from sim.pages.report import save_report
from sim.pages.report.decision_page import SCALE
from sim.pages.report.html import _ALL_GROUPS, _KEY_GROUPS, describe_report, heading, render_report

VOID = {"meta", "link", "br", "img", "hr", "input"}


class Page(HTMLParser):
    """Collects what a test asks about, and checks that every element is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "script"):
            self.text += data


@cache
def page() -> str:
    return render_report(compared())


def parsed(text: str) -> Page:
    result = Page(text)
    assert result.open == []
    return result


def test_the_page_asks_nobody_for_anything() -> None:
    text = page()
    assert not re.search(r"https?:|//[a-z]|@import|url\((?!#)", text)
    result = parsed(text)
    assert result.tags["script"] == result.tags["link"] == result.tags["iframe"] == 0
    sources = [value for name, value in result.attributes if name in ("src", "href")]
    assert sources
    assert all(value.startswith("#") for value in sources)


def test_the_first_page_says_that_only_differences_are_meant() -> None:
    first = page().partition('<section id="answer">')[2].partition('<section id="words">')[0]
    assert SCALE in unescape(first)


def test_links_within_the_page_lead_somewhere_and_names_are_used_once() -> None:
    attributes = parsed(page()).attributes
    names = [value for name, value in attributes if name == "id"]
    assert len(names) == len(set(names))
    targets = {value[1:] for name, value in attributes if name == "href"}
    targets |= set(re.findall(r"url\(#([^)]+)\)", page()))
    assert targets <= set(names)


def test_the_answer_comes_first_then_the_table_then_pictures_then_the_rest() -> None:
    comparison = compared()
    text = page()
    order = ["answer", "table", "pictures", "bundles", "computed", "caveats", "measures", "again"]
    places = [text.index(f'<section id="{name}">') for name in order]
    assert places == sorted(places)
    words = parsed(text).text.replace("\u00a0", " ")  # per cent signs stay on their line
    headline, *_, closing = comparison.answer()
    assert headline in words
    assert closing in words
    for policy in comparison.policies:
        assert policy in words
    assert words.index(headline) < words.index("Means over replicates")


def test_every_number_is_there_with_its_interval() -> None:
    comparison = compared()
    tables = re.findall(r"<table>.*?</table>", page(), re.DOTALL)
    assert len(tables) == 2
    key, everything = (re.findall(r"<td>(.*?)</td>", table) for table in tables)
    assert len(key) == len(comparison.policies) * sum(len(names) for names in _KEY_GROUPS.values())
    assert len(everything) == len(comparison.policies) * len(METRICS)
    rows = re.findall(r'<tr><th scope="row".*?</tr>', tables[1], re.DOTALL)
    order = [entry["name"] for group in describe_report(comparison)["all_groups"] for entry in group["measures"]]
    assert sorted(order) == sorted(METRICS)
    for name, row in zip(order, rows, strict=True):
        for policy, shown in zip(comparison.ranked, re.findall(r"<td>(.*?)</td>", row), strict=True):
            cell = comparison.cells[policy][name]
            if cell.missing:
                assert f'<abbr title="{cell.reason}">{cell.word}</abbr>' in shown
            else:
                assert f">{cell.value}<" in shown
                assert cell.interval in shown


def test_every_measure_of_the_groups_exists_and_has_a_heading() -> None:
    for groups in (_KEY_GROUPS, _ALL_GROUPS):
        for names in groups.values():
            assert set(names) <= METRICS.keys()
            assert all(heading(name) for name in names)


def test_the_page_tells_how_sure_it_is_and_how_to_do_it_again() -> None:
    words = parsed(page()).text
    for part in ("Evidence tier 5 of 5", "conjecture", "Each policy is paired with its twin", "seed 5", "6 weeks"):
        assert part in words
    assert "set up in Python" in words
    comparison = compared()
    command = "centricity compare bank.toml --policy none --replicates 4 --seed 5"
    typed = replace(comparison, plan=replace(comparison.plan, command=command, single_run="centricity run bank.toml"))
    words = parsed(render_report(typed)).text
    assert command in words
    assert "centricity run bank.toml --policy POLICY --seed SEED --out run.csv" in words


def test_what_each_policy_spends_is_listed() -> None:
    words = parsed(page()).text
    assert "0 to 19" in words
    assert "0 on" in words
    assert "speeches: 3 speeches per week" in words
    assert "planned cost" in words


def test_text_of_a_scenario_cannot_become_markup() -> None:
    comparison = compared()
    scenario = replace(comparison.plan.scenario, about="<script>alert(1)</script> & more", currency="$")
    odd = replace(comparison, plan=replace(comparison.plan, scenario=scenario))
    text = render_report(odd)
    assert "<script>" not in text
    assert "&lt;script&gt;" in text
    parsed(text)


def test_pictures_follow_the_color_of_the_page() -> None:
    pictures = re.findall(r"<svg.*?</svg>", page(), re.DOTALL)
    assert len(pictures) == 4
    for picture in pictures:
        root = ElementTree.fromstring(picture)
        assert root.attrib["role"] == "img"
        assert root.attrib["aria-label"]
        assert "currentColor" in picture
        assert "#ffffff" not in picture.lower()
        assert "width" not in root.attrib


@pytest.mark.slow
def test_the_page_is_the_same_every_time() -> None:
    assert render_report(compared()) == page()


def one_run() -> Comparison:
    return compare(small(), [make_policy("alone", coaching=1.0)], replicates=1, workers=1)


def only_the_twin() -> Comparison:
    return compare(small(), ["none"], replicates=2, workers=1)


def very_short() -> Comparison:
    return compare(small(), ["none", "talk"], replicates=2, workers=1, weeks=3)


def same_money_and_futures() -> Comparison:
    policies: list[PolicyLike] = ["none", "talk", make_policy("coaching", coaching=0.5)]
    return compare(small(), policies, replicates=2, workers=1, equal_budget=True, futures=True)


@pytest.mark.slow
@pytest.mark.parametrize("make", [one_run, only_the_twin, very_short, same_money_and_futures])
def test_odd_comparisons_make_sense(make: object) -> None:
    assert callable(make)
    comparison: Comparison = make()
    words = parsed(render_report(comparison)).text
    assert "nan" not in re.split(r"\W+", words.lower())
    assert "inf" not in re.split(r"\W+", words.lower())
    if comparison.plan.budget:
        assert "spent and not only planned" in words and "From planned to spent" in words
        assert "in 2 futures: as described, restless" in words
    if comparison.plan.replicates == 1:
        assert "1 replicate " in words


def test_failures_are_reported_at_the_top(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("<no> value")

    monkeypatch.setattr(replicate, "burn_in", fail)
    comparison = compare(small(), ["none", "talk"], replicates=2, workers=1)
    text = render_report(comparison)
    words = parsed(text).text
    assert "4 of 4 runs failed" in words
    assert "RuntimeError: <no> value" in words
    assert "No policy can be preferred" in words
    assert words.index("4 of 4 runs failed") < words.index("Means over replicates")


def asked() -> Comparison:
    policies: list[PolicyLike] = ["none", make_policy("ending", speeches=3.0, coaching=1.0)]
    return compare(
        small(), policies, replicates=2, workers=1, futures=True, unknown=2, tornado=True, vary=["norm.sharpness"],
        targets=["retention_annual>=0.5", "cost<=1000000"],
    )  # fmt: skip


@pytest.mark.slow
def test_the_first_page_has_the_four_answers_and_the_rest_follows() -> None:
    found = asked()
    text = render_report(found)
    words = parsed(text).text.replace("\u00a0", " ")
    for title in ("The answer", "How sure", "What it costs", "What would change it"):
        assert f">{title}</h2>" in text
        assert words.index(title) < words.index("Each policy in words")
    order = ["answer", "words", "table", "targets", "futures", "unknown", "conditions", "pictures", "caveats", "again"]
    places = [text.index(f'<section id="{name}">') for name in order]
    assert places == sorted(places)
    assert "what varies" in words and "chance alone" in words and "with parameter uncertainty" in words
    assert "all of them at once" in words
    assert text.count("<svg") == 6
    best = found.summary["parameter_uncertainty"]["policies"]["ending"]["best"]["mean"]
    assert f">{100 * best:.0f}<" in text


@pytest.mark.slow
def test_targets_and_futures_are_the_numbers_of_the_summary() -> None:
    found = asked()
    page = describe_report(found)
    first = page["targets"][0]
    assert first["name"] == "retention_annual>=0.5"
    chance = found.summary["targets"][0]["policies"]["ending"]["mean"]
    assert first["cells"][1].value == f"{100 * chance:.0f}"
    for future, cells in page["futures"]["objectives"].items():
        assert len(cells) == 2 and future in found.summary["in_futures"]


@pytest.mark.slow
def test_every_claim_has_its_evidence() -> None:
    claims = {claim["name"]: claim for claim in describe_report(compared())["claims"]}
    assert "norm" in claims and "attention" in claims
    assert "credit" in claims and "structure" not in claims  # off in this scenario
    assert all(re.search(r"at tier [1-5]|none of its own", claim["tiers"]) for claim in claims.values())
    best = [claim["best"] for claim in describe_report(compared())["claims"]]
    assert best == sorted(best)
    assert "Homer" in claims["energy"]["sources"]
    assert "its own reasoning" in claims["norm"]["sources"], "12 observations are from a laboratory game: tier 5"


@pytest.mark.slow
def test_settings_that_all_died_leave_a_page_that_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def die(work: object, tasks: list[object], *_: object) -> list[Failure]:
        return [Failure("its process died")] * len(tasks)

    monkeypatch.setattr("sim.lab.parameter_uncertainty.run_tasks", die)
    words = parsed(render_report(asked())).text
    assert "runs failed there and are left out" in words
    assert "nan" not in re.split(r"\W+", words.lower())


def test_without_being_asked_nobody_is_bothered_with_what_was_not_run() -> None:
    text = page()
    for name in ("targets", "futures", "unknown", "why"):
        assert f'id="{name}"' not in text and f'href="#{name}"' not in text
    assert "--unknown 40" in text and "--futures" in text


def test_without_being_asked_the_page_does_not_say_why() -> None:
    assert 'id="why"' not in page()


@pytest.mark.slow
def test_asked_why_the_page_shows_what_each_mechanism_contributes(tmp_path: Path) -> None:
    found = compare(
        small(), ["none", make_policy("train", end=20, training=4.0, coaching=1.0)], replicates=2, workers=1, weeks=135,
        ablate=True, without=["word-of-mouth"],
    )  # fmt: skip
    text = render_report(found)
    result = parsed(text)
    assert 'href="#why"' in text and 'id="why"' in text
    assert "Effects do not add up." in result.text and "sum of the changes" in result.text
    assert "core alone" in result.text and "everything on" in result.text
    assert "Switched off in every run, twins included: word-of-mouth." in result.text
    assert found.ablation is not None
    for name in set(found.ablation.mechanisms) - {"word-of-mouth"}:
        assert name in result.text
    save_report(found, tmp_path / "out")
    assert (tmp_path / "out" / "figures" / "why.png").stat().st_size > 10_000
    assert (tmp_path / "out" / "ablation.csv").read_text(encoding="utf-8").startswith("variant,policy,replicate,")
