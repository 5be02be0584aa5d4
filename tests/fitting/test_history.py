"""Histories of many forms are read, and those that make no sense are refused with every fault at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.fitting.history import History, HistoryOptions, read_history, without_last
from sim.fitting.observation_model import MEASURES
from sim.model.scenario import ScenarioError

PAGE = Path(__file__).parents[2] / "docs" / "histories.md"

SURVEY = "quarter,practice,satisfaction\n1,.12,.70\n2,.15,.70\n3,.22,.72\n4,.30,.73\n5,.41,.75\n6,.48,.76\n"


def history(folder: Path, text: str, **options: Any) -> History:
    """The history in a text."""
    file = folder / "history.csv"
    file.write_text(text, encoding="utf-8")
    return read_history(file, HistoryOptions(**options))


def faults(folder: Path, text: str, **options: Any) -> list[str]:
    """What is wrong with a text, without the name of the file."""
    with pytest.raises(ScenarioError) as refused:
        history(folder, text, **options)
    return [each.replace(f"{folder / 'history.csv'}: ", "") for each in refused.value.faults]


def test_a_survey_by_quarter(tmp_path: Path) -> None:
    found = history(tmp_path, SURVEY, respondents=["240"])
    assert found.observed.columns == ("practice", "satisfaction")
    assert found.observed.kinds == ("share", "mean of index")
    assert found.observed.rows == ("1", "2", "3", "4", "5", "6")
    assert found.observed.values[:, 0].tolist() == [0.12, 0.15, 0.22, 0.30, 0.41, 0.48]
    assert (found.observed.respondents == 240.0).all()
    assert found.rows.windows == tuple((13 * row, 13 * row + 13) for row in range(6))
    assert found.observed.deviations[1] == 0.2
    assert not found.warnings


def test_respondents_are_assumed_and_that_is_said(tmp_path: Path) -> None:
    found = history(tmp_path, SURVEY)
    assert (found.observed.respondents == 100.0).all()
    assert "does not say how many answered: 100 are assumed" in found.warnings[0]


def test_a_german_table_with_commas_and_a_column_for_all_respondents(tmp_path: Path) -> None:
    text = "Quartal;Kundenzufriedenheit;Fluktuation;Teilnehmer\nQ1 2021;71,5;2,1;120\nQ2 2021;72,0;2,4;130\nQ4 2021;;1,9;\n"
    found = history(tmp_path, text)
    assert found.observed.columns == ("satisfaction", "turnover")
    assert np.allclose(found.observed.values, [[0.715, 0.021], [0.72, 0.024], [np.nan, 0.019]], equal_nan=True)
    assert found.observed.respondents[:2, 0].tolist() == [120.0, 130.0]
    assert np.isnan(found.observed.respondents[:, 1]).all()
    assert found.rows.windows == ((0, 13), (13, 26), (39, 52))


@pytest.mark.parametrize(
    ("header", "measure"),
    [
        ("practice share", "practice"), ("adoption", "practice"), ("CSAT", "satisfaction"), ("customer_satisfaction",
        "satisfaction"), ("employee satisfaction", "engagement"), ("Mitarbeiterzufriedenheit", "engagement"), ("NPS",
        "net_promoter"), ("staff turnover", "turnover"), ("Kündigungsrate", "churn"), ("retention rate", "retention"),
        ("Beschwerden", "complaints"), ("reported score", "reported"), ("service cost", "cost"), ("staff attrition", "turnover"),
    ],
)  # fmt: skip
def test_columns_are_known_by_their_names(tmp_path: Path, header: str, measure: str) -> None:
    assert history(tmp_path, f"quarter,{header}\n1,.2\n2,.3\n3,.4\n").observed.columns == (measure,)


def test_a_column_is_chosen_by_option(tmp_path: Path) -> None:
    text = "quarter,one,two\n1,.2,.3\n2,.3,.4\n3,.4,.2\n"
    found = history(tmp_path, text, columns=["practice=two", "retention=2"])
    assert found.observed.columns == ("retention", "practice")
    assert faults(tmp_path, text) == [
        f"the file must have a column that is one of {', '.join(MEASURES)}, got quarter, one, two. Say which with --column "
        "NAME=FILE_COLUMN."
    ]
    assert faults(tmp_path, text, columns=["practiced=two", "practice=tow"]) == [
        "--column practiced is not a measure. Did you mean practice? (share of employees who practice it)",
        '--column must be the name of a column, or its number from 1 to 3, got "tow". Did you mean two?',
    ]


@pytest.mark.parametrize(
    ("labels", "options", "windows"),
    [
        (("2021-Q3", "2021-Q4", "2022-Q2"), {}, ((0, 13), (13, 26), (39, 52))),
        (("2021-Q3", "2021-Q4", "2022-Q2"), {"start": "2021-Q4"}, ((-13, 0), (0, 13), (26, 39))),
        (("2021-01", "2021-02", "2021-03"), {}, ((0, 4), (4, 9), (9, 13))),
        (("Jan 2021", "Mai 2021", "Dez 2021"), {}, ((0, 4), (17, 22), (48, 52))),
        (("2019", "2020", "2022"), {}, ((0, 52), (52, 104), (156, 208))),
        (("2021-H1", "2021-H2", "2022-H1"), {}, ((0, 26), (26, 52), (52, 78))),
        (("2021-03-31", "2021-06-30", "2021-08-25"), {}, ((0, 13), (13, 26), (26, 34))),
        (("1", "2", "4"), {"period": "week"}, ((0, 1), (1, 2), (3, 4))),
        (("wave 1", "wave 2", "wave 3"), {"period": "half-year", "start": "wave 2"}, ((-26, 0), (0, 26), (26, 52))),
    ],
)
def test_rows_are_weeks_of_a_run(
    tmp_path: Path, labels: tuple[str, ...], options: dict[str, Any], windows: tuple[tuple[int, int], ...]
) -> None:
    text = "period,practice\n" + "".join(f"{label},.{number}\n" for number, label in enumerate(labels, start=2))
    assert history(tmp_path, text, **options).rows.windows == windows


def test_scales_of_scores_are_given_and_not_guessed(tmp_path: Path) -> None:
    text = "quarter,satisfaction\n1,3.2\n2,3.5\n3,3.6\n"
    assert (
        "which can be 1-5, 1-7, 1-10, 0-10, percent or share. Say for example --scale satisfaction=1-5"
        in faults(tmp_path, text)[0]
    )
    assert np.allclose(history(tmp_path, text, scales=["satisfaction=1-5"]).observed.values[:, 0], [0.55, 0.625, 0.65])
    assert np.allclose(
        history(tmp_path, text, scales=["satisfaction=percent"]).observed.values[:, 0], [0.032, 0.035, 0.036]
    )
    (fault,) = faults(tmp_path, text, scales=["satisfaction=1-3.5"])
    assert fault.startswith("line 4, column 2 (satisfaction) must be 1 to 3.5, got 3.6.")


def test_changes_and_yearly_rates(tmp_path: Path) -> None:
    text = "quarter,satisfaction,annual retention\n1,0%,90%\n2,2%,90%\n3,-3%,81%\n"
    found = history(tmp_path, text, changes=["satisfaction"])
    assert found.observed.changes == (True, False)
    assert found.observed.values[:, 0].tolist() == [0.0, 0.02, -0.03]
    assert np.allclose(found.observed.values[:, 1], np.array([0.9, 0.9, 0.81]) ** 0.25)
    (fault,) = faults(tmp_path, text.replace("1,0%", "1,1%"), changes=["satisfaction"])
    assert "must begin with 0" in fault


def test_all_faults_of_a_table_come_at_once(tmp_path: Path) -> None:
    text = "date,NPS,churn\n2021-03-31,20,3%\n2021-06-30,25,x\n2021-06-30,25,2%\n2021-05-01,300,-2%\n"
    found = faults(tmp_path, text, scales=["nps=1"], changes=["moon"])
    assert len(found) == 2  # what is said comes first: it decides how the rest is read
    found = faults(tmp_path, text)
    assert [each.split(" must ")[0] for each in found] == [
        "line 4, column 1 (date)", "line 5, column 1 (date)", "line 5, column 2 (NPS)", "line 3, column 3 (churn)",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("quarter,practice\n1,.5\n2,.6\n", "at least 3 periods with a value, got 2"),
        ("quarter,practice\n1,\n2,\n3,\n", "must have values, got none"),
        ("quarter,practice\n1,.5\n2,.5\n3,.5\n", "must have a column that changes"),
        ("quarter,practice\n1,.5\n2,1.2\n3,.5\n", "must be shares of 0 to 1, got 1.2"),
        ("quarter,practice\n1,50\n2,120\n3,60\n", "must be 0 to 100, got 120"),
        ("quarter,practice\n1,.5\n3,.6\n2,.7\n", "must be later than the row before"),
        ("quarter,practice\n1,.5\n2,.6\n2,.7\n", 'must be a period of its own, got "2" again. Keep one of the two.'),
        (
            "quarter,retention,churn\n1,.9,.1\n2,.9,.2\n3,.8,.2\n",
            "must have a retention and a churn that come to 100 %, got 110.0 %",
        ),
        (
            "quarter,practice,adoption\n1,.9,.1\n2,.9,.2\n3,.8,.2\n",
            "must be a measure of its own, got practice like column 2",
        ),
        ("quarter,complaints\n1,5\n2,-6\n3,7\n", "must be 0 or more, got -6"),
        ("quarter,practice,respondents\n1,.5,0\n2,.6,9\n3,.7,9\n", "must be how many answered"),
        ("x,practice\n1,.5\n2,.6\n3,.7\n", "must say how long a period is"),
        ("quarter,practice\nspring,.5\nsummer,.6\n3,.7\n", "must say which period it is"),
        ("1,.5\n2,.6\n3,.7\n", "must name the columns"),
        ("quarter,practice\n", "must have a row for each period"),
    ],
)
def test_tables_that_say_nothing_or_contradict_themselves(tmp_path: Path, text: str, fault: str) -> None:
    assert any(fault in each for each in faults(tmp_path, text)), faults(tmp_path, text)


def test_a_column_that_stays_the_same_or_is_empty_is_said(tmp_path: Path) -> None:
    text = "quarter,practice,satisfaction,nps\n1,.5,.7,\n2,.6,.7,\n3,.7,.7,\n"
    found = history(tmp_path, text, respondents=["9"])
    assert found.observed.columns == ("practice", "satisfaction")
    said = " ".join(found.warnings)
    assert "satisfaction is 0.7 in all rows" in said
    assert "net_promoter has no value in any row" in said


def test_the_last_rows_can_be_held_out(tmp_path: Path) -> None:
    found = history(tmp_path, SURVEY)
    held = without_last(found, 2)
    assert np.isnan(held.values[4:]).all()
    assert np.array_equal(held.values[:4], found.observed.values[:4])


@given(
    values=st.lists(st.integers(0, 1000), min_size=3, max_size=12, unique=True),
    mark=st.sampled_from([",", ";", "\t"]),
    percent=st.booleans(),
)
def test_what_is_written_is_what_is_read(
    tmp_path_factory: pytest.TempPathFactory, values: list[int], mark: str, percent: bool
) -> None:
    lines = [f"{row}{mark}{value / 10 if percent else value / 1000}{'%' * percent}" for row, value in enumerate(values)]
    text = f"quarter{mark}practice\n" + "\n".join(lines) + "\n"
    found = history(tmp_path_factory.mktemp("history"), text)
    assert np.allclose(found.observed.values[:, 0], np.array(values) / 1000)


@pytest.mark.skipif(not PAGE.is_file(), reason="needs the checkout")
def test_the_history_of_the_page_can_be_read(tmp_path: Path) -> None:
    page = PAGE.read_text(encoding="utf-8")
    found = history(tmp_path, page.split("```text\n")[1].split("```")[0])
    assert found.observed.columns == ("practice", "satisfaction", "turnover")
    assert found.observed.respondents[:, 1].tolist() == [240.0, 236.0, 251.0]
    assert all(f"\n| {name}" in page or f", {name} |" in page for name in MEASURES)
