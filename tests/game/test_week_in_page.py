"""The week in a page gives the bits of `centricity run`, whatever a page sets."""

from __future__ import annotations

import base64
import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from game.conftest import Browser
from sim.lab.replicate import run_single
from sim.model.policies.policy import Phase, Policy
from sim.model.scenario import Event, Scenario
from sim.model.simulation import burn_in, simulate
from sim.pages.lesson import load_lesson
from sim.pages.shared.week_in_page import describe_week, make_room, program, size_of

WEEKS = 260
SEEDS = (1, 2)
SETTINGS = 20

OWN = {"kind": "market_shift", "week": 40, "size": 0.1}
"""An event of the scenario itself."""


def event(scenario: Scenario, asked: dict[str, Any]) -> Event:
    """An event as the model has it, from what a page tells."""
    fields = scenario.registry.event_kinds[asked["kind"]].fields
    departments = tuple(asked["departments"]) if "departments" in asked else None
    values = {name: asked.get(name, field.default) for name, field in fields.items()}
    return Event(asked["kind"], asked["week"], values, departments)


def organization() -> Scenario:
    """The organization of the lessons, to which one thing happens in any case."""
    lesson = load_lesson("speech")
    plain = lesson.scenario(0).override({"weeks": WEEKS})
    return replace(plain, events=(event(plain, OWN),))


def random_setting(rng: random.Random, scenario: Scenario) -> dict[str, Any]:
    """Any policy and any events."""
    names = [department.name for department in scenario.departments]
    policy = []
    for _ in range(rng.randrange(5)):
        start = rng.randrange(WEEKS - 1)
        resources = rng.sample(list(scenario.registry.resources.items()), rng.randrange(1, 5))
        amounts = {name: rng.uniform(resource.low, resource.high) for name, resource in resources}
        phase: dict[str, Any] = {"start": start, "amounts": amounts}
        if rng.random() < 0.8:
            phase["end"] = rng.randrange(start + 1, WEEKS + 20)
        if rng.random() < 0.3:
            phase["departments"] = rng.sample(names, 2)
        policy.append(phase)
    events = []
    for _ in range(rng.randrange(4)):
        kind = rng.choice(list(scenario.registry.event_kinds.values()))
        asked: dict[str, Any] = {"kind": kind.name, "week": rng.randrange(WEEKS)}
        for name in kind.fields:
            if rng.random() < 0.5:
                asked[name] = rng.randrange(1, 60) if name == "weeks" else rng.uniform(0.0, 1.0)
        if kind.departments and rng.random() < 0.5:
            asked["departments"] = rng.sample(names, 1)
        events.append(asked)
    return {"organization": rng.randrange(len(SEEDS)), "policy": policy, "events": events}


def test_room_for_policies_and_events_changes_no_bit() -> None:
    scenario = organization().override({"weeks": 60})
    start = burn_in(scenario, 1)
    plain, roomy = simulate(start.copy(), 60), simulate(make_room(start, 5, 5), 60)
    assert roomy.values.tobytes() == plain.values.tobytes()


@pytest.mark.slow
def test_weeks_in_a_page_are_those_of_a_run(browser: Browser, tmp_path: Path) -> None:
    scenario = organization()
    given = describe_week(scenario, SEEDS, phases=6, events=4)
    assert size_of(given) < 700_000
    page = tmp_path / "page.html"
    page.write_text(
        f"<!DOCTYPE html><meta charset='utf-8'><body><script>{program()}\n"
        "document.body.dataset.ready = 'yes';</script>",
        encoding="utf-8",
    )
    browser.open(page)
    browser.run("window.given = arguments[0]", given)
    rng = random.Random(19)
    for number in range(SETTINGS):
        setting = random_setting(rng, scenario)
        text = browser.driver.execute_async_script(
            """
            const [setting, weeks, done] = arguments;
            (async () => {
              window.week = window.week || await PortableWeek.open(given);
              window.run = window.run || await week.run(0, {policy: [{start: 0, amounts: {speeches: 1}}]});
              const run = window.run;
              run.restart(setting.organization, setting);
              await run.advanceGently(weeks);
              const flat = new Float64Array(weeks * given.outcomes.length);
              run.outcomes.forEach((row, index) => flat.set(row, index * given.outcomes.length));
              let text = "";
              for (const byte of new Uint8Array(flat.buffer)) text += String.fromCharCode(byte);
              return btoa(text);
            })().then(done, (error) => done(String(error)));
            """,
            setting,
            WEEKS,
        )
        shown = np.frombuffer(base64.b64decode(text))
        policy = Policy(
            "of-the-page",
            tuple(
                Phase(
                    phase["start"],
                    phase.get("end"),
                    tuple(phase["departments"]) if "departments" in phase else None,
                    phase["amounts"],
                )
                for phase in setting["policy"]
            ),
        )
        happening = replace(scenario, events=tuple(event(scenario, asked) for asked in (OWN, *setting["events"])))
        wanted = run_single(happening, policy, SEEDS[setting["organization"]]).values
        assert shown.tobytes() == wanted.tobytes(), json.dumps({"number": number, **setting})


@pytest.mark.slow
def test_a_browser_that_cannot_inflate_is_helped(browser: Browser, tmp_path: Path) -> None:
    given = describe_week(organization(), SEEDS[:1], phases=1)
    page = tmp_path / "page.html"
    page.write_text(
        f"<!DOCTYPE html><meta charset='utf-8'><body><script>{program()}\n"
        "document.body.dataset.ready = 'yes';</script>",
        encoding="utf-8",
    )
    browser.open(page)
    same = browser.driver.execute_async_script(
        """
        const [given, done] = arguments;
        (async () => {
          const texts = [given.code, ...given.images];
          const quick = await Promise.all(texts.map(inflated));
          window.DecompressionStream = undefined;
          const slow = await Promise.all(texts.map(inflated));
          return quick.every((bytes, place) => String(bytes) === String(slow[place]));
        })().then(done, (error) => done(String(error)));
        """,
        given,
    )
    assert same is True
