"""A small fit: twelve people, half a year before the policy and three quarters of it."""

from __future__ import annotations

from pathlib import Path

from lab.small import small

from sim.fitting.request import FitRequest, FitSetup, plan_request

HISTORY = (
    "quarter,practice,satisfaction,turnover,complaints,respondents\n"
    "2021-Q1,.30,.62,.05,100,25\n2021-Q2,.32,.63,,110,25\n2021-Q3,.40,.65,.04,90,25\n2021-Q4,.50,.66,.06,80,25\n"
)


def request(folder: Path, **changes: object) -> FitRequest:
    """What is asked for; the history is written into the folder."""
    file = folder / "history.csv"
    file.write_text(HISTORY, encoding="utf-8")
    given = {"policy": "drill", "draws": 64, "start": "2021-Q3", "workers": 1, **changes}
    return FitRequest.of({"scenario": small(), "history": file, **given})


def setup(folder: Path, **changes: object) -> FitSetup:
    """The same, checked."""
    return plan_request(request(folder, **changes))
