"""Progress without a terminal: a few lines, with the time that is left."""

from __future__ import annotations

import pytest

from sim.commands.progress import format_duration, show_progress


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0 s"), (59.4, "59 s"), (100, "1 min 40 s"), (3600, "1 h 00 min"), (9000, "2 h 30 min")],
)
def test_times_in_words(seconds: float, words: str) -> None:
    assert format_duration(seconds) == words


def test_long_work_is_reported_in_twenty_lines_at_most(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = iter(range(0, 100_000, 3))
    monkeypatch.setattr("sim.commands.progress.time.monotonic", lambda: float(next(clock)))
    with show_progress("replicates") as steps:
        for done in range(1001):
            steps(done, 1000)
    assert steps.done == 1000
    lines = capsys.readouterr().err.splitlines()
    assert 10 <= len(lines) <= 20
    assert lines[0] == "replicates: 50 of 1000, 2 min 30 s so far, about 47 min 30 s left"


def test_time_before_the_work_is_not_counted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = [0.0]
    monkeypatch.setattr("sim.commands.progress.time.monotonic", lambda: clock[0])
    with show_progress("replicates") as steps:
        clock[0] = 100.0
        steps(0, 10)
        clock[0] = 110.0
        steps(1, 10)
    assert capsys.readouterr().err == "replicates: 1 of 10, 10 s so far, about 1 min 30 s left\n"


def test_short_work_is_not_reported(capsys: pytest.CaptureFixture[str]) -> None:
    with show_progress("weeks") as steps:
        for done in range(4):
            steps(done, 3)
    assert capsys.readouterr().err == ""
