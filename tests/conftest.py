"""What all tests share: property tests that find the same examples on every machine, and recipes beside failures."""

from __future__ import annotations

from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings
from recipes import recipes

settings.register_profile(
    "repeatable",
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("repeatable")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Make machine code before the first test if that takes seconds: what a test says and how long it takes depend on it."""
    from sim.model.compiled.kept_week import kept_week
    from sim.model.engine import make_machine_code

    if not hasattr(session.config, "workerinput") and not session.config.option.collectonly and kept_week() is not None:
        make_machine_code()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Print the recipe of ``CONTRIBUTING.md`` below the failure of a test about a thing that one may add."""
    report = yield
    marker = item.get_closest_marker("recipe")
    if report.failed and marker is not None:
        for kind in marker.args:
            report.sections.append((f"how to add: {kind} (CONTRIBUTING.md)", recipes().get(kind, "")))
    return report


WITHOUT_THE_WEEK = {"analysis", "documentation", "kernel", "replications", "scenario"} | {
    "test_adding", "test_purchases", "test_reading", "test_retention", "test_style", "test_words",
}  # fmt: skip
"""Folders and files of tests that do not run the compiled week, or hardly."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the second of two workers begin with tests that do not run the week, while the first one compiles it."""
    others = [item for item in items if {item.path.parent.name, item.path.stem} & WITHOUT_THE_WEEK]
    known = set(others)
    week = [item for item in items if item not in known]
    half = len(items) // 2
    items[:] = week[:half] + others + week[half:]
