"""One page from a lesson's runs: texts, numbers, pictures and program in a single file that loads nothing.

Curves are drawn by a few hundred lines of our own and not by a charting library, for measured reasons. Vega, Vega-Lite
and Vega-Embed inlined (vl-convert 1.9) are 898 kB; a whole page with its runs is 200 to 750 kB, of which the program is
60. In headless Chromium they take 0.19 s for the first picture of four curves and 14 ms (median) for each change; this
page's 12 ms (median, on a busy machine) are for the curves and both organizations. So speed is no reason against a
library. Size is, for a file that is sent round a class. The special parts of a lesson (a sketch on the same axes, and a
replay that shares its week with the curves) would have to be written by hand in any case. The price is that this
program has to get axes, ticks and labels right.

Numbers travel as whole steps (:class:`sim.pages.lesson.lesson.Curve`), differences from week to week, deflated. The page
turns them back to the same whole steps; nothing is interpolated.
"""

from __future__ import annotations

import base64
import math
import zlib
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from sim import __version__
from sim.lab.writing import replaced_file, write_text
from sim.model.initialization import initialize
from sim.model.kernel.random import Streams
from sim.model.policies.policy import NONE
from sim.pages.lesson.answer import NOTICEABLE, Answer, end_of_policy, find_answer, mean_curve, measure
from sim.pages.lesson.lesson import START, Control, Lesson
from sim.pages.lesson.precomputed import MISSING, REPLAYED, Runs, key
from sim.pages.lesson.recording import Bytes, drawn_customers
from sim.pages.lesson.words import Words, english
from sim.pages.shared import palette, qr_code
from sim.safe_text import for_script

STEPS = ("predict", "run", "explain", "sandbox")
"""Parts of a lesson, in order."""

_SHAPES = {
    "round": '<path class="serves-0" d="M1.4,6A4.6,4.6 0 1 1 10.6,6A4.6,4.6 0 1 1 1.4,6"/>',
    "diamond": '<path class="serves-3" d="M6,0L12,6L6,12L0,6Z"/>',
    "square": '<path class="serves-2" d="M1.5,1.5H10.5V10.5H1.5Z"/>',
    "vacant": '<path class="vacant" d="M3,3L9,9M3,9L9,3"/>',
    "large": '<path class="pleased-3" d="M0.8,0.8H11.2V11.2H0.8Z"/>',
    "hurt": '<path class="pleased-2" d="M0.8,0.8H11.2V11.2H0.8ZM0.8,0.8L11.2,11.2M0.8,11.2L11.2,0.8"/>',
    "mirror": '<rect class="mirror" x="2.5" y="1" width="7" height="10"/>',
    "weight": '<rect class="weight" x="2" y="1" width="8" height="10"/>',
}


def write_page(lesson: Lesson, runs: Runs, file: Path, words: Words | None = None, students: bool = False) -> None:
    """Write a lesson's page, whole or not at all.

    Args:
        lesson: The lesson.
        runs: Its runs.
        file: Where the page goes; replaced if it exists.
        words: Texts; English ones if not given.
        students: Whether the page is for students: without the teacher's sheet, and with parts that open one by one.
    """
    with replaced_file(file) as new:
        write_text(new, render_page(lesson, runs, words or english(lesson), students))


def render_page(lesson: Lesson, runs: Runs, words: Words, students: bool = False) -> str:
    """The page as HTML; see :func:`write_page`."""
    folder = resources.files("sim.pages.lesson") / "page"
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string((folder / "page.html.jinja").read_text(encoding="utf-8"))
    scripts = sorted(entry.name for entry in (folder / "scripts").iterdir() if entry.name.endswith(".js"))
    own = [(folder / "scripts" / name).read_text(encoding="utf-8") for name in scripts]
    data = describe_page(lesson, runs, words, students)
    return (
        template.render(
            version=__version__,
            words=words,
            text=words["lesson"],
            students=students,
            answers=_answers_in_words(lesson, runs, words),
            shade=None if lesson.people == "delivery" else words["page"]["stage"]["shades"][lesson.people],
            ui=words["page"],
            steps=STEPS,
            key=_key_marks(),
            css=Markup(palette() + (folder / "page.css").read_text(encoding="utf-8")),
            scripts=Markup("\n".join((qr_code(), *own))),
            data=Markup(for_script(data)),
            steps_packed=pack_steps(runs.steps),
            frames_packed=pack_frames(runs.frames),
        )
        + "\n"
    )


def describe_page(lesson: Lesson, runs: Runs, words: Words, students: bool = False) -> dict[str, Any]:
    """All data of the page except the curves and pictures."""
    drawn = [curve.outcome for curve in lesson.curves]
    mean = mean_curve(runs, lesson)
    return {
        "name": lesson.name,
        "key": key(lesson)[:12],
        "students": students,
        "weeks": lesson.weeks,
        "start": START,
        "replicates": lesson.replicates,
        "seeds": list(range(1, lesson.replicates + 1)),
        "replayed": REPLAYED,
        "policyControls": [_control(control) for control in lesson.policy_controls],
        "assumptions": [_control(control) for control in lesson.assumptions],
        "policyNumbers": list(lesson.policy_numbers),
        "policies": [{"end": None if policy == NONE else end_of_policy(lesson, policy)} for policy in lesson.policies],
        "worlds": [
            {"events": [{"week": event.week, "kind": event.kind} for event in lesson.scenario(number).events]}
            for number in range(len(lesson.worlds))
        ],
        "shipped": lesson.world_number(shipped=True) if lesson.ships else None,
        "curves": [_curve(lesson, runs, index) for index in range(len(lesson.curves))],
        "a": list(lesson.first),
        "b": list(lesson.second),
        "smooth": lesson.smooth,
        "scenes": [
            {
                "name": scene.name,
                "curve": drawn.index(scene.curve),
                "a": list(scene.first),
                "b": list(scene.second),
                "assumptions": list(scene.assumptions),
                "week": scene.week,
                "runs": scene.runs,
                "ships": scene.ships,
                "numbers": {
                    name: {
                        "value": measure(lesson, scene, figure, mean),
                        "difference": figure.minus is not None,
                        "curve": drawn.index(figure.point.curve),
                    }
                    for name, figure in scene.figures.items()
                },
            }
            for scene in lesson.scenes
        ],
        "noticeable": NOTICEABLE,
        "questioned": lesson.questioned,
        "answer": _answer(find_answer(lesson, runs)),
        "answerShips": _answer(find_answer(lesson, runs, shipped=True)) if lesson.ships else None,
        "frameBytes": int(runs.frames.shape[-1]),
        "people": _people(lesson, words),
        "words": {
            "language": words["language"],
            "page": words["page"],
            "events": words["events"],
            "curves": words["curves"],
            "lesson": {name: part for name, part in words["lesson"].items() if name != "sheet"},
        },
    }


def _answers_in_words(lesson: Lesson, runs: Runs, words: Words) -> list[str]:
    """The answer in each world, and how often it holds, for the sheet."""
    verdict = words["page"]["verdict"]
    sentences = []
    for shipped in (False, True) if lesson.ships else (False,):
        found = find_answer(lesson, runs, shipped)
        choice = words["lesson"]["choices"][found.answer]
        count = str(found.singly[found.answer])
        often = verdict["often"].replace("{count}", count).replace("{of}", str(lesson.questioned))
        head = verdict["ships"] + " {answer}" if shipped else verdict["answer"]
        sentences.append(f"{head.replace('{answer}', choice)} {often}")
    return [*sentences, words["lesson"]["ships"]] if lesson.ships else sentences


def _answer(found: Answer) -> dict[str, Any]:
    return {"choice": found.answer, "singly": found.singly, "atEnd": found.at_end, "later": found.later}


def _control(control: Control) -> dict[str, Any]:
    return {"name": control.name, "settings": len(control.settings), "first": control.first}


def _curve(lesson: Lesson, runs: Runs, index: int) -> dict[str, Any]:
    """A curve and its scale: the same for every setting, so that a line moves only when its numbers do."""
    curve = lesson.curves[index]
    steps = runs.steps[:, :, index].astype(np.float64)
    steps[steps == MISSING] = np.nan
    there = np.isfinite(steps).any(axis=2)
    means = np.nansum(steps, axis=2)[there] / np.isfinite(steps).sum(axis=2)[there] * curve.step
    low, high = float(np.quantile(means, 0.001)), float(np.quantile(means, 0.999))
    ticks = round_ticks(low, high)
    return {
        "outcome": curve.outcome, "step": curve.step, "percent": curve.percent,
        "low": ticks[0], "high": ticks[-1], "ticks": ticks,
    }  # fmt: skip


def round_ticks(low: float, high: float) -> list[float]:
    """Two to seven round numbers with ``low`` and ``high`` between the first and the last."""
    high = max(high, low + 0.01)
    room = high - low
    magnitude = 10.0 ** math.floor(math.log10(room))
    for part in (0.1, 0.2, 0.5, 1.0, 2.0):
        step = part * magnitude
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        if last - first <= 6:
            return [round(place * step, 10) for place in range(first, last + 1)]
    raise AssertionError("two of the largest steps hold any range")


def _people(lesson: Lesson, words: Words) -> dict[str, Any]:
    """Where people are drawn: seats by department, departments with customers last."""
    scenario = lesson.scenario(0)
    organization = initialize(scenario, NONE, Streams(REPLAYED))
    department = organization.employees.department
    return {
        "department": department.tolist(),
        "departments": [
            {
                "name": words["lesson"]["departments"][one.name],
                "front": one.facing >= 0.5,
                "seats": np.flatnonzero(department == index).tolist(),
            }
            for index, one in enumerate(scenario.departments)
        ],
        "executives": len(organization.executives),
        "customers": int(drawn_customers(len(organization.customers)).size),
    }


def pack_steps(steps: np.ndarray[Any, np.dtype[np.uint16]]) -> str:
    """Whole steps, weeks last, as base64: differences from week to week, low bytes before high bytes, deflated."""
    change = np.diff(steps, axis=-1, prepend=np.uint16(0))
    flat = change.astype("<u2").reshape(-1)
    return _deflated((flat & 255).astype(np.uint8).tobytes() + (flat >> 8).astype(np.uint8).tobytes())


def pack_frames(frames: Bytes) -> str:
    """Pictures, shape (..., weeks, bytes), as base64: each but the first by exclusive or with the one before, deflated."""
    change = frames.copy()
    change[..., 1:, :] ^= frames[..., :-1, :]
    return _deflated(change.tobytes())


def _deflated(content: bytes) -> str:
    return base64.b64encode(zlib.compress(content, 9)).decode("ascii")


def _key_marks() -> dict[str, str]:
    """Small drawings that explain the picture of the organization."""
    marks = {name: f'<svg viewBox="0 0 12 12" aria-hidden="true">{shape}</svg>' for name, shape in _SHAPES.items()}
    for name in ("serves", "pleased"):
        row = "".join(
            f'<rect class="{name}-{level}" x="{11 * level + 0.5}" y="1.5" width="10" height="9"/>' for level in range(5)
        )
        marks[name] = f'<svg viewBox="0 0 56 12" aria-hidden="true">{row}</svg>'
    return marks
