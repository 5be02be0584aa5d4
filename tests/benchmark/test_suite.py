"""The benchmark itself, at a size at which it takes seconds."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmark.fresh import run_child
from benchmark.goals import judge
from benchmark.inside import warm_up
from benchmark.plan import TINY
from benchmark.report import table, write
from benchmark.subjects import MODEL, PROGRAMS, REFERENCE, Size
from benchmark.suite import SECTIONS, measure
from benchmark.timing import in_turn, ratio


@pytest.mark.slow
def test_every_section_measures_something(tmp_path: Path) -> None:
    result = measure(TINY, command="test")
    assert set(result["sections"]) == {"goals", *SECTIONS}
    for name, rows in result["sections"].items():
        assert rows and all(list(row) == list(rows[0]) for row in rows), name
        for row in rows:
            numbers = [value for value in row.values() if isinstance(value, float)]
            assert all(value > 0.0 for value in numbers), row
    assert {row["program"] for row in result["sections"]["speed"]} == set(PROGRAMS)
    files = write(result, tmp_path / "kept")
    assert json.loads(files[0].read_text()) == result
    text = files[1].read_text()
    assert "times faster than the reference" in text
    assert str(Path.home()) not in text and str(tmp_path) not in text
    assert sorted(path.name for path in (tmp_path / "kept").iterdir()) == ["benchmark.json", "benchmark.md"]


def test_goals_are_judged_by_what_was_measured() -> None:
    rows: list[dict[str, Any]] = [
        {"agents": agents, "program": program, "model_is_times_faster": faster}
        for agents in (2_500, 250_000)
        for program, faster in ((MODEL, 1.0), (REFERENCE, 200.0))
    ]
    roofs = [{"agents": agents, "share_of_the_roofline": share} for agents, share in ((2_500, 0.6), (250_000, 0.4))]
    grown = [
        {"grows_with": "agents", "how_many": agents, "cost_per_unit_against_first": cost}
        for agents, cost in (("2,500", 1.0), ("250,000", 1.1))
    ]
    started = [{"what": "centricity run", "seconds": 1.5}, {"what": "centricity compare", "seconds": 12.0}]
    filled = [{"what": "everything on", "agents": 1_050_000, "peak_mib": 3000.0}]
    of_processes = {"start": started, "memory": filled}
    sections: dict[str, list[dict[str, Any]]] = {"speed": rows, "roofline": roofs, "growth": grown, **of_processes}
    judged = {row["goal"]: row["met"] for row in judge(sections)}
    assert judged == {
        "times faster than the reference at 2,500 agents": True,
        "times faster than the reference at 250,000 agents": False,
        "share of the roofline's speed at 2,500 agents": True,
        "share of the roofline's speed at 250,000 agents": False,
        "cost per agent at 250,000 against 2,500 agents": False,
        "seconds of `centricity run`, compiled code kept": True,
        "seconds of `centricity compare`": False,
        "GiB of memory for 1,050,000 agents, everything on": True,
    }
    assert judge({}) == []


def test_a_process_tells_of_its_own_memory_alone() -> None:
    warm_up()  # there the compiler would count
    ballast = np.ones(100_000_000)  # 763 MiB here, which must not count there
    measured = run_child("everything on", Size(0.04, 2))
    assert 20.0 < measured["peak_mib"] < ballast.nbytes / 2**20


def test_everyone_takes_turns_and_goes_first() -> None:
    log: list[str] = []

    def ready(name: str) -> Callable[[], None]:
        return lambda: log.append(name)

    taken = in_turn({name: partial(ready, name) for name in "abc"}, rounds=3)
    assert "".join(log) == "abcbcacab"
    assert [len(times) for times in taken.values()] == [3, 3, 3]


def test_ratios_are_taken_within_rounds() -> None:
    assert ratio([2.0, 20.0, 9.0], [1.0, 10.0, 1.0]) == pytest.approx(2.0)


def test_tables_are_markdown() -> None:
    assert table([{"what": "a", "how_many": 12345, "met": True, "seconds": 0.12345}]) == (
        "| what | how many | met | seconds |\n| --- | ---: | --- | ---: |\n| a | 12,345 | yes | 0.123 |\n"
    )


@pytest.mark.parametrize("words", [["--help"], ["--only", "nothing"]])
def test_the_command_is_there(words: list[str]) -> None:
    here = Path(__file__).parent
    done = subprocess.run([sys.executable, str(here), *words], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == (0 if words == ["--help"] else 2)
    assert "--only" in done.stdout + done.stderr
