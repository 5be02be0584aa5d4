"""The page in a real browser, without a network, with invented runs: it shows the data that it was given."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pytest
from browser import HAS_CHROMIUM, headless_chromium

from lesson.small import page_of_invented
from sim.pages.lesson import shipped_lessons
from sim.pages.lesson.lesson import Lesson
from sim.pages.lesson.page import round_ticks
from sim.pages.lesson.precomputed import MISSING, Runs

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not HAS_CHROMIUM, reason="needs Chromium and its driver"),
]

WIDTHS = {1280: 720, 390: 844}


@dataclass
class Page:
    """A lesson in the browser."""

    browser: Any
    file: Path
    lesson: Lesson
    runs: Runs

    def open(self, hash_: str = "", width: int = 1280, scheme: str = "light", calm: bool = True) -> None:
        """Load the page anew, and wait until all is unpacked."""
        size = {"width": width, "height": WIDTHS[width], "deviceScaleFactor": 1, "mobile": width < 500}
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        features = [
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce" if calm else "no-preference"},
        ]
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        self.browser.get("about:blank")
        self.browser.get(self.file.as_uri() + (f"#{hash_}" if hash_ else ""))
        self.wait("return document.body.dataset.ready === 'all'")

    def run(self, script: str, *values: Any) -> Any:
        """Run a script in the page."""
        return self.browser.execute_script(script, *values)

    def wait(self, condition: str, seconds: float = 20.0) -> None:
        """Wait until a script says true."""
        until = time.monotonic() + seconds
        while not self.run(condition):
            assert time.monotonic() < until, f"never came true: {condition}"
            time.sleep(0.02)

    def slide(self, identity: str, value: int) -> None:
        """Move a slider as a hand does."""
        self.run(
            "const one = document.getElementById(arguments[0]); one.value = arguments[1];"
            "one.dispatchEvent(new Event('input', {bubbles: true}));",
            identity,
            value,
        )

    def press(self, identity: str) -> None:
        """Press a button."""
        self.run("document.getElementById(arguments[0]).click()", identity)

    def picture(self) -> str:
        """Curves and both organizations, as they are drawn."""
        text = self.run(
            "return document.querySelector('svg.curves').innerHTML"
            " + [...document.querySelectorAll('svg.stage')].map((one) => one.innerHTML).join('')"
        )
        return str(text)

    def hash(self) -> str:
        """The address after #, once the page has written it."""
        time.sleep(0.2)
        return str(self.run("return location.hash.slice(1)"))


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Headless Chromium that cannot reach anything."""
    with headless_chromium(tmp_path_factory.mktemp("profile")) as driver:
        yield driver


@pytest.fixture(scope="module")
def pages(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Page]:
    """Pages by name, each made once."""
    made: dict[str, Page] = {}

    def page(name: str) -> Page:
        if name not in made:
            made[name] = Page(browser, *page_of_invented(name, tmp_path_factory.mktemp(name)))
        return made[name]

    return page


@pytest.fixture
def page(pages: Callable[[str], Page]) -> Page:
    """The first lesson."""
    return pages("speech")


FOUR = ("speech", "checklists", "critical-mass", "line")
"""Lessons that differ most; the page's program is the same for all."""

EVERY_STATE = [f"step={step}" for step in ("predict", "run", "explain", "sandbox")] + [
    "step=run&week=90&guess=fades&sketch=" + "50" * 30,
    "step=sandbox&runs=1&smooth=1&week=60&assumptions=3&sheet=1",
    "step=sandbox&assumptions=3.1",
    "step=sandbox&ships=1",
    "step=explain&scene=3",
]


@pytest.mark.parametrize("name", shipped_lessons())
@pytest.mark.parametrize("width", list(WIDTHS))
def test_a_lesson_stands_alone_and_fits(pages: Callable[[str], Page], name: str, width: int) -> None:
    page = pages(name)
    page.browser.get_log("browser"), page.browser.get_log("performance")
    for state in EVERY_STATE if name in FOUR else EVERY_STATE[:4]:
        page.open(state, width)
        widest = page.run("return document.documentElement.scrollWidth")
        assert widest <= width, f"{state}: the page is {widest} px wide at {width} px"
        over = page.run(
            "const within = (one) => (one.closest('main > section')?.getBoundingClientRect().right"
            " || document.documentElement.getBoundingClientRect().right);"
            "return [...document.querySelectorAll('main *, header *')]"
            ".filter((one) => !one.closest('svg') && one.getBoundingClientRect().right > within(one) + 1)"
            ".map((one) => one.outerHTML.slice(0, 80))"
        )
        assert over == [], f"{state}: {over}"
    assert page.browser.get_log("browser") == []
    asked = [entry["message"] for entry in page.browser.get_log("performance")]
    assert [line for line in asked if '"Network.requestWillBeSent"' in line and '"url":"http' in line] == []


@pytest.mark.parametrize("name", shipped_lessons())
def test_projected_all_that_a_class_needs_is_seen_without_scrolling(pages: Callable[[str], Page], name: str) -> None:
    page = pages(name)
    for step in ("predict", "run", "explain", "sandbox"):
        page.open(f"step={step}")
        lowest = page.run(
            "const those = document.querySelectorAll('#panel fieldset, #panel .controls, .curves-card, .transport, .stages');"
            "return [...those].map((one) => [one.className || one.tagName, one.getBoundingClientRect().bottom])"
        )
        assert lowest
        below = [what for what, bottom in lowest if bottom > WIDTHS[1280]]
        assert below == [], f"{step}: {below} end below the screen"


@pytest.mark.parametrize("name", FOUR)
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_axe_finds_nothing_serious(pages: Callable[[str], Page], name: str, scheme: str, width: int) -> None:
    axe = pytest.importorskip("axe_selenium_python")
    page = pages(name)
    for state in EVERY_STATE if name == "speech" else EVERY_STATE[:4]:
        page.open(state, width, scheme)
        check = axe.Axe(page.browser)
        check.inject()
        found = check.run()["violations"]
        bad = {
            one["id"]: [node["html"][:120] for node in one["nodes"][:3]]
            for one in found
            if one["impact"] in ("serious", "critical")
        }
        assert bad == {}, state


def test_the_first_picture_is_there_at_once(page: Page) -> None:
    taken = []
    for _ in range(5):
        page.open()
        # The browser may enter a paint into its list some frames after it happened.
        page.wait("return performance.getEntriesByName('first-contentful-paint').length === 1")
        taken.append(page.run("return performance.getEntriesByName('first-contentful-paint')[0].startTime"))
    assert median(taken) < 1500


def test_numbers_of_the_page_are_those_of_the_runs(page: Page) -> None:
    page.open()
    lesson, steps = page.lesson, page.runs.steps
    draw = np.random.default_rng(2)
    for _ in range(12):
        point = tuple(int(draw.integers(0, size)) for size in steps.shape[:4])
        shown = page.run(
            "return centricity.runs.replicate(...arguments[0]).map((one) => Number.isNaN(one) ? null : one)", point
        )
        for value, step in zip(shown, steps[point].tolist(), strict=True):
            assert (value is None) == (step == MISSING)
            if value is not None:
                assert value == step * lesson.curves[point[2]].step


@pytest.mark.parametrize("smooth", [0, 1])
def test_a_line_is_drawn_where_its_numbers_are(page: Page, smooth: int) -> None:
    page.open(f"step=sandbox&a=1.1&b=3.2&assumptions=2&smooth={smooth}&curve=cynicism")
    lesson, steps = page.lesson, page.runs.steps.astype(float)
    scale = page.run(
        "const {chart} = centricity;"
        "return [chart.x(0), chart.x(1), chart.y(chart.curve.low), chart.y(chart.curve.high)]"
    )
    low, high = page.run("return [centricity.chart.curve.low, centricity.chart.curve.high]")
    ticks = round_ticks(*(float(np.quantile(steps[:, :, 2].mean(axis=2) / 1000, one)) for one in (0.001, 0.999)))
    assert [low, high] == pytest.approx([ticks[0], ticks[-1]])
    for line, indices, assumption_set in (
        ("a-set", (1, 1), 2),
        ("b-set", (3, 2), 2),
        ("a-found", (1, 1), 1),
        ("b-found", (3, 2), 1),
    ):
        path = page.run("return document.querySelector(`[data-line='${arguments[0]}']`).getAttribute('d')", line)
        points = np.array([[float(part) for part in pair.split(",")] for pair in path[1:].split("L")])
        values = steps[assumption_set, lesson.policy_number(indices), 2].mean(axis=0) / 1000
        if smooth:
            values = np.array([values[max(0, week - 12) : week + 1].mean() for week in range(values.size)])
        assert len(points) == lesson.weeks
        assert points[:, 0] == pytest.approx(scale[0] + (scale[1] - scale[0]) * np.arange(lesson.weeks), abs=0.06)
        assert points[:, 1] == pytest.approx(scale[2] + (scale[3] - scale[2]) * (values - low) / (high - low), abs=0.06)


SHOWN = """
    const line = (name) => document.querySelector(`[data-line='${name}-set']`).outerHTML;
    return {a: line('a'), b: line('b'), assumptions: centricity.state.assumptions.join()};
"""
"""Script: the settings that a control may change."""


def test_a_missing_week_breaks_the_line(page: Page) -> None:
    page.open("step=sandbox&curve=enacted")
    path = page.run("return document.querySelector(`[data-line='a-set']`).getAttribute('d')")
    assert path.count("M") == 2, "week 30 is missing in all runs, week 20 in one only"


@pytest.mark.parametrize("name", FOUR)
def test_every_control_changes_what_it_should(pages: Callable[[str], Page], name: str) -> None:
    page = pages(name)
    on = page.lesson.policy_number(page.lesson.second)
    assert on > 0
    both = ".".join(map(str, page.lesson.second))
    for key, controls in (
        ("a", page.lesson.policy_controls),
        ("b", page.lesson.policy_controls),
        ("assumptions", page.lesson.assumptions),
    ):
        for index, control in enumerate(controls):
            page.open(f"step=sandbox&a={both}&b={both}&week=50")
            before = page.run(SHOWN)
            now = page.run("return centricity.state[arguments[0]][arguments[1]]", key, index)
            other = len(control.settings) - 1 if now == 0 else now - 1
            page.slide(f"{key}-{control.name}", other)
            after = page.run(SHOWN)
            changed = {part for part in before if before[part] != after[part]}
            assert changed == ({"a", "b", "assumptions"} if key == "assumptions" else {key}), f"{key}-{control.name}"
            words = page.run(
                "return document.querySelector(`output[for='${arguments[0]}']`).textContent", f"{key}-{control.name}"
            )
            from sim.pages.lesson.words import english

            assert words == english(page.lesson)["lesson"]["controls"][control.name]["settings"][other]
            lines = page.run("return document.querySelectorAll('svg.curves [data-line]').length")
            assert lines == (4 if key == "assumptions" else 2)


def test_curve_runs_and_smoothing(page: Page) -> None:
    page.open("step=sandbox&a=1.0&b=2.1")
    pictures = [page.picture()]
    page.run("const one = document.getElementById('curve'); one.value = 1; one.dispatchEvent(new Event('change'))")
    pictures.append(page.picture())
    page.press("smooth")
    pictures.append(page.picture())
    before = page.run("return document.querySelectorAll('svg.curves path').length")
    page.press("runs")
    pictures.append(page.picture())
    assert len(set(pictures)) == 4
    assert page.run("return document.querySelectorAll('svg.curves path').length") == before + 2 * page.lesson.replicates


def test_a_slider_is_drawn_in_time(page: Page) -> None:
    page.open("step=sandbox&a=1.0&b=2.1&runs=0")
    taken = page.run(
        """
        const times = [];
        for (let round = 0; round < 60; round += 1) {
          const [id, size] = [["a-speeches", 5], ["b-speech_weeks", 3], ["assumptions-forgetting", 4], ["week", 130]][round % 4];
          const one = document.getElementById(id);
          one.value = (round * 7 + (round >> 2)) % size;
          const start = performance.now();
          one.dispatchEvent(new Event('input', {bubbles: true}));
          document.body.getBoundingClientRect();
          document.querySelector('svg.stage').getBBox();
          times.push(performance.now() - start);
        }
        return times;
        """
    )
    assert median(taken) < 50 and float(np.quantile(taken, 0.95)) < 100, f"median {median(taken):.1f} ms"


def test_scrubbing_shows_the_frame_that_playing_showed(page: Page) -> None:
    page.open("step=run&week=0")
    page.run(
        """
        window.seen = {};
        const take = () => document.querySelector('svg.curves').innerHTML
          + [...document.querySelectorAll('svg.stage')].map((one) => one.innerHTML).join('');
        const draw = centricity.draw.bind(centricity);
        centricity.draw = () => { draw(); window.seen[centricity.state.week] = take(); };
        document.getElementById('pace').value = 24;
        document.getElementById('pace').dispatchEvent(new Event('change'));
        """
    )
    page.press("play")
    page.wait("return centricity.state.week === LESSON.weeks - 1 && centricity.playing === null", 60)
    seen = page.run("return window.seen")
    assert len(seen) > 20
    assert len(set(seen.values())) == len(seen)
    for week in sorted(map(int, seen), reverse=True)[:: max(1, len(seen) // 40)]:
        page.slide("week", week)
        assert page.picture() == seen[str(week)], f"week {week}"
    page.slide("week", 40)
    page.press("forward")
    page.press("forward")
    page.press("back")
    there = page.picture()
    page.slide("week", 41)
    assert page.picture() == there


def test_a_link_restores_everything(page: Page) -> None:
    page.open("step=sandbox")
    for identity, value in (
        ("a-speeches", 3),
        ("b-speeches", 4),
        ("b-speech_weeks", 0),
        ("assumptions-forgetting", 2),
        ("week", 77),
    ):
        page.slide(identity, value)
    page.run("const one = document.getElementById('curve'); one.value = 3; one.dispatchEvent(new Event('change'))")
    page.press("runs")
    there, state, address = page.picture(), page.run("return JSON.stringify(centricity.state)"), page.hash()
    page.open(address)
    assert page.run("return JSON.stringify(centricity.state)") == state
    assert page.picture() == there
    assert page.hash() == address
    page.run("location.hash = 'step=explain&scene=2'")
    page.wait("return centricity.state.step === 'explain'")
    assert page.run("return centricity.state.scene") == 2


@pytest.mark.parametrize(
    "address", ["step=nowhere&a=9.9&week=-1&curve=none&sketch=1&scene=99&assumptions=x", "%%%", "a=&b=1", "week=1e9"]
)
def test_a_broken_link_opens_the_lesson(page: Page, address: str) -> None:
    page.open(address)
    state = page.run("return centricity.state")
    assert state["step"] == "predict" and state["a"] == list(page.lesson.first) and state["week"] == 0
    assert page.run("return document.getElementById('trouble').hidden")


def test_a_sketch_is_kept_and_compared(page: Page) -> None:
    page.open()
    page.run("localStorage.clear()")
    page.open()
    assert page.run("return document.querySelector('#panel button.main').disabled")
    box = page.run(
        "const box = document.querySelector('svg.curves').getBoundingClientRect();"
        "return [box.left, box.top, box.width, box.height]"
    )
    mouse = [("mousePressed", 0.3, 0.5)] + [
        ("mouseMoved", share, 0.5 - 0.2 * share) for share in np.linspace(0.3, 0.9, 12)
    ]
    for kind, across, down in [*mouse, ("mouseReleased", 0.9, 0.3)]:
        event = {
            "type": kind,
            "x": box[0] + box[2] * across,
            "y": box[1] + box[3] * down,
            "button": "left",
            "buttons": 1,
            "clickCount": 1,
        }
        page.browser.execute_cdp_cmd("Input.dispatchMouseEvent", event)
    sketch = page.run("return centricity.state.sketch")
    drawn = [height for height in sketch if height is not None]
    assert len(drawn) > 15 and drawn == sorted(drawn) and drawn[0] < drawn[-1]
    axis = page.run("return [centricity.chart.curve.low, centricity.chart.curve.high]")
    assert axis == [0, 1], "a narrow axis would tell the size of the answer"
    page.run(
        "document.querySelector('input[value=fades]').click(); const who = document.getElementById('who');"
        "who.value = '=Ada, \"A\"'; who.dispatchEvent(new Event('input'))"
    )
    page.press("keep")
    assert page.run("return centricity.state.step") == "run"
    assert page.run("return JSON.parse(localStorage.getItem(SHELF)).kept.length") == 1
    page.slide("week", page.lesson.weeks - 1)
    said = page.run("return document.getElementById('panel').textContent")
    assert "Your sketch was" in said and "What the runs show" in said
    saved = page.run(
        "return new Promise((resolve) => { URL.createObjectURL = (blob) => { blob.text().then(resolve); return '#'; };"
        "[...document.querySelectorAll('#panel button')].find((one) => one.textContent.includes('CSV')).click(); })"
    )
    head, row = saved.strip().split("\n")
    assert head.startswith("id,who,guess,week_13,week_17")
    assert page.run("return centricity.predictions.table().codePointAt(0)") == 0xFEFF, "spreadsheet programs want it"
    assert row.split(",", 1)[1].startswith('"\'=Ada, ""A""",fades,'), "no formula for a spreadsheet"
    page.open()
    assert page.run("return centricity.predictions.kept.length") == 1, "kept over a reload"


def test_a_class_predicts_one_after_another(page: Page) -> None:
    page.open()
    page.run("localStorage.clear()")
    page.open()
    for number in range(3):
        page.run(
            "document.querySelector('input[value=below]').click(); const who = document.getElementById('who');"
            "who.value = arguments[0]; who.dispatchEvent(new Event('input'));"
            "centricity.set({sketch: centricity.state.sketch.map((_, slot) => slot < 9 ? 40 + slot : null)})",
            f"Student {number}",
        )
        page.press("keep-next")
        assert page.run("return [centricity.state.step, centricity.state.guess]") == ["predict", ""]
        assert page.run("return document.getElementById('who').value + centricity.state.sketch.join('')") == ""
        assert "What the runs show" not in page.run("return document.getElementById('panel').textContent")
    page.press("step-run")
    page.slide("week", page.lesson.weeks - 1)
    assert page.run("return document.querySelectorAll('[data-line=class]').length") == 3
    page.run(
        "const field = document.querySelector('#of-class input[type=number]'); field.value = 12;"
        "field.dispatchEvent(new Event('change'))"
    )
    assert page.run("return [centricity.predictions.number, centricity.predictions.kept.length]") == [15, 3]
    page.press("erase")
    assert page.run("return centricity.predictions.number") == 15, "it asks first"
    page.press("erase-all")
    assert page.run("return centricity.predictions.number") == 0


def test_predictions_of_forty_phones_are_merged(page: Page) -> None:
    page.open()
    page.run("localStorage.clear()")
    page.open()
    sketch = "".join(f"{40 + slot}" if slot < 12 else "--" for slot in range(page.run("return SLOTS")))
    lines = [
        f"lesson=speech&id=p{number}&who={'%3DEvil' if number == 7 else f'Pupil%20{number}'}&guess=fades&sketch={sketch}"
        for number in range(38)
    ]
    lines.append(f"file:///storage/speech.html#step=run&a=0.1&guess=holds&sketch={sketch}&week=3")
    lines.append("lesson=line&id=q1&who=x&guess=holds&sketch=")
    merge = "return centricity.predictions.merge(arguments[0])"
    assert page.run(merge, "\n".join(lines)) == {"fresh": 39, "known": 0, "refused": 1}
    assert page.run(merge, "\n".join(lines)) == {"fresh": 0, "known": 39, "refused": 1}
    table = page.run("return centricity.predictions.table()")
    before = page.run("return JSON.stringify(centricity.predictions.kept)")
    page.run("centricity.predictions.erase()")
    semicolons = table.replace(",", ";").replace("0.", "0,")  # as a spreadsheet program of another country saves it
    for text in (table, semicolons):
        page.run("centricity.predictions.erase()")
        assert page.run(merge, text) == {"fresh": 39, "known": 0, "refused": 0}
        assert page.run("return JSON.stringify(centricity.predictions.kept)") == before
    assert page.run(merge, "<script>alert(1)</script> guess=maybe&sketch=1") == {"fresh": 0, "known": 0, "refused": 1}


def test_a_prediction_is_handed_over_as_a_code(page: Page) -> None:
    page.open()
    page.run("localStorage.clear()")
    page.open()
    page.run("document.querySelector('input[value=fades]').click()")
    page.press("keep")
    page.run("document.querySelector('#panel details').open = true")
    page.wait("return document.querySelector('svg.qr') !== null")
    code = page.run("return document.querySelector('#panel textarea').value")
    assert code.startswith("lesson=speech&id=") and "guess=fades" in code
    page.run("centricity.predictions.erase()")
    assert page.run("return centricity.predictions.merge(arguments[0]).fresh", code) == 1


def test_parts_of_a_students_page_open_one_by_one(browser: Any, tmp_path: Path) -> None:
    page = Page(browser, *page_of_invented("speech", tmp_path, students=True))
    page.open("step=sandbox")
    page.run("localStorage.clear()")
    page.open("step=sandbox")
    assert page.run("return centricity.state.step") == "predict", "a link opens no part that is closed"
    closed = "return ['run', 'explain', 'sandbox'].map((step) => document.getElementById(`step-${step}`).disabled)"
    assert page.run(closed) == [True, True, True]
    page.run("document.querySelector('input[value=fades]').click()")
    page.press("keep")
    assert page.run(closed) == [False, True, True]
    page.slide("week", page.lesson.weeks - 1)
    assert page.run(closed) == [False, False, True]
    page.press("step-explain")
    for scene in range(1, len(page.lesson.scenes)):
        assert page.run(closed) == [False, False, True]
        page.run("centricity.show(arguments[0])", scene)
    assert page.run(closed) == [False, False, False]


def test_a_scene_opens_at_its_week_and_may_be_tried_from_there(page: Page) -> None:
    page.open()
    page.press("step-explain")
    scenes = page.lesson.scenes
    assert page.run("return centricity.state.week") == scenes[0].week
    page.run("centricity.show(arguments[0])", len(scenes) - 1)
    assert page.run("return centricity.state.week") == scenes[-1].week
    page.press("from-here")
    state = page.run("return centricity.state")
    assert state["step"] == "sandbox" and state["a"] == list(scenes[-1].first) and state["b"] == list(scenes[-1].second)
    page.browser.back()
    page.wait("return centricity.state.step === 'explain'")


def test_as_it_ships_is_a_world_of_its_own(page: Page) -> None:
    page.open("step=sandbox")
    before = page.picture()
    page.press("ships")
    assert page.picture() != before
    assert "As it ships:" in page.run("return document.getElementById('panel').textContent")
    page.slide("assumptions-forgetting", 3)
    assert page.run("return centricity.state.ships") is False, "assumptions are those of the lesson's world"


def touch(page: Page, points: list[tuple[float, float]]) -> None:
    """One finger goes over these points of the screen."""
    for kind, (x, y) in [("touchStart", points[0]), *(("touchMove", point) for point in points[1:])]:
        page.browser.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
        time.sleep(0.02)
    page.browser.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_on_a_phone_a_finger_scrolls_and_draws_sideways(page: Page) -> None:
    page.open(width=390)
    page.run("document.querySelector('svg.curves').scrollIntoView({block: 'center', behavior: 'instant'})")
    box = page.run(
        "const b = document.querySelector('svg.curves').getBoundingClientRect(); return [b.left, b.top, b.width, b.height]"
    )
    x, y = box[0] + 0.6 * box[2], box[1] + 0.7 * box[3]
    before = page.run("return scrollY")
    touch(page, [(x, y - 12 * step) for step in range(15)])
    time.sleep(0.3)
    assert page.run("return centricity.state.sketch.every((one) => one === null)")
    assert page.run("return scrollY") > before
    page.run("document.querySelector('svg.curves').scrollIntoView({block: 'center', behavior: 'instant'})")
    touch(page, [(box[0] + 0.3 * box[2] + 10 * step, y) for step in range(18)])
    assert page.run("return isSketch(centricity.state.sketch)")


@pytest.mark.parametrize("state", ["step=run&week=60", "step=explain&scene=1", "step=sandbox"])
def test_on_a_phone_the_chart_stays_in_sight(page: Page, state: str) -> None:
    page.open(state, 390)
    page.run("document.querySelector('#panel > :last-child').scrollIntoView({block: 'end', behavior: 'instant'})")
    top, bottom, scrolled = page.run(
        "const box = document.querySelector('svg.curves').getBoundingClientRect(); return [box.top, box.bottom, scrollY]"
    )
    assert scrolled > 0 and top >= 0 and bottom < 0.5 * WIDTHS[390]


def test_pictures_can_be_saved(page: Page) -> None:
    page.open("step=sandbox&b=3.1&assumptions=3&week=40&runs=1", scheme="dark")
    text = page.run("return new XMLSerializer().serializeToString(centricity.poster())")
    from xml.etree import ElementTree

    root = ElementTree.fromstring(text)
    assert root.tag.endswith("svg") and "var(--" not in text and "class=" not in text
    assert "What does a speech leave behind?" in text and "CC BY 4.0" in text
    head = page.browser.execute_async_script(
        "const done = arguments[0]; toPng(centricity.poster()).then(async (blob) =>"
        "done([blob.size, [...new Uint8Array(await blob.slice(0, 8).arrayBuffer())]]))"
    )
    assert head[0] > 20_000 and head[1][:4] == [137, 80, 78, 71]


def test_motion_begins_by_itself_only_where_it_is_welcome(page: Page) -> None:
    for calm in (True, False):
        page.open(calm=calm)
        page.press("step-run")
        assert page.run("return centricity.playing !== null") is not calm


def test_everything_can_be_reached_by_keyboard(page: Page) -> None:
    page.open("step=sandbox")
    wanted = set(
        page.run(
            "return [...document.querySelectorAll('button, input, select, a[href], summary')]"
            ".filter((one) => !one.disabled && one.checkVisibility()).map((one) => one.id || one.textContent)"
        )
    )
    reached = set()
    from selenium.webdriver.common.keys import Keys

    for _ in range(len(wanted) + 12):
        page.browser.switch_to.active_element.send_keys(Keys.TAB)
        reached.add(page.run("return document.activeElement.id || document.activeElement.textContent"))
    assert wanted - reached == set()
    page.run("document.getElementById('a-speeches').focus()")
    before = page.run("return centricity.state.a[0]")
    page.browser.switch_to.active_element.send_keys(Keys.ARROW_RIGHT)
    assert page.run("return centricity.state.a[0]") == before + 1


def test_the_teachers_sheet_prints_alone(page: Page) -> None:
    page.open("sheet=1")
    sheet = page.run("return document.getElementById('sheet').innerText")
    assert "Timing" in sheet and "Things to try" in sheet and "CC BY 4.0" in sheet
    page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        shown = page.run(
            "return ['header', 'main', '#sheet'].map((one) => getComputedStyle(document.querySelector(one)).display)"
        )
        assert shown[:2] == ["none", "none"] and shown[2] != "none"
    finally:
        page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    page.press("sheet-close")
    assert page.run("return document.getElementById('sheet').hidden && document.activeElement.id === 'sheet-toggle'")


def test_the_data_hold_no_end_of_script(page: Page) -> None:
    text = page.file.read_text(encoding="utf-8")
    data = text.split('<script type="application/json" id="lesson">')[1].split("</script>")[0]
    assert json.loads(data)["name"] == "speech"
