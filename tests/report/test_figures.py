"""The pictures: every one can be drawn, nothing lies outside, and the fans show the stated quantiles."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
import pytest
from lab.small import compared, make_policy, small
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from sim.analysis.sweeps import ResultKey
from sim.analysis.tornado import Swings
from sim.lab import Comparison, compare
from sim.lab.comparison_plan import PolicyLike
from sim.lab.worker_pool import WorkerPool
from sim.pages.report import figures, save_report, sweep_figures
from sim.pages.report.axes import bare, draw_bands, rule, stretches
from sim.pages.report.colors import COLORS, OKABE_ITO, TWIN_COLOR, colors
from sim.pages.report.figure_style import to_png
from sim.pages.report.panels import week_ticks
from sim.pages.report.pictures import PICTURES, Picture, draw_pictures
from sim.pages.report.series import Curves, fan

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    "picture", [picture for picture in PICTURES if picture.name != "why"], ids=lambda picture: picture.name
)
def test_no_text_lies_outside_and_none_overlaps(picture: Picture) -> None:
    figure = picture.draw(crowded())
    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    width, height = figure.get_size_inches() * figure.dpi
    boxes = []
    for text in figure.texts + [text for ax in figure.axes for text in ax.texts]:
        box = text.get_window_extent(renderer)
        assert box.x0 >= 0, text.get_text()
        assert box.x1 <= width, text.get_text()
        assert box.y0 >= 0, text.get_text()
        assert box.y1 <= height, text.get_text()
        boxes.append((text.get_text(), box))
    for index, (name, box) in enumerate(boxes):
        for other, second in boxes[index + 1 :]:
            apart = box.x1 <= second.x0 or second.x1 <= box.x0 or box.y1 <= second.y0 or second.y1 <= box.y0
            assert apart, f"{name!r} overlaps {other!r}"


_CROWDED: list[Comparison] = []


def crowded() -> Comparison:
    """More policies than fit one row, one of them with a very long name."""
    if not _CROWDED:
        policies: list[PolicyLike] = [
            "none",
            "talk",
            "drill",
            make_policy("symbolic-then-value-driven", 5, 30, speeches=1.0, coaching=1.0),
            make_policy("ending", coaching=1.0),
            make_policy("nothing", speeches=0.0),
            make_policy("early", 0, 3, coaching=1.0),
        ]
        _CROWDED.append(
            compare(small(), policies, replicates=3, workers=1, unknown=2, tornado=True, vary=["norm.sharpness"])
        )
    return _CROWDED[0]


@pytest.mark.slow
def test_all_pictures_are_written(tmp_path: Path) -> None:
    before = dict(matplotlib.rcParams)
    folder = save_report(compared(), tmp_path / "results")
    assert dict(matplotlib.rcParams) == before
    assert (folder / "report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    names = {path.name for path in (folder / "figures").glob("*.png")}
    assert (
        names
        == {f"{picture.name}.png" for picture in PICTURES if picture.requested(compared())}
        == {
            "propagation.png",
            "decay.png",
            "loyalty.png",
            "money.png",
            "first-page.png",
        }
    )
    assert (folder / "figures" / "first-page.pdf").read_bytes().startswith(b"%PDF")
    for path in (folder / "figures").glob("*.png"):
        assert path.read_bytes().startswith(PNG)


def test_fans_are_quantiles_of_what_is_known() -> None:
    values = np.array([[0.0, np.nan, np.nan], [1.0, 5.0, np.nan], [2.0, np.nan, np.nan]])
    curve = fan(values)
    np.testing.assert_array_equal(curve.middle, [1.0, 5.0, np.nan])
    np.testing.assert_array_equal(curve.least, [0.0, 5.0, np.nan])
    np.testing.assert_array_equal(curve.most, [2.0, 5.0, np.nan])
    assert curve.low[0] == 0.5
    assert np.isnan(fan(np.empty((0, 2))).middle).all()


def test_curves_are_what_the_tables_hold() -> None:
    comparison = compared()
    curves = Curves(comparison)
    weekly = comparison.weekly
    practicing = weekly.loc[weekly["policy"] == "drill", "practicing"].to_numpy().reshape(4, -1)
    np.testing.assert_array_equal(curves.of(curves.level("practicing"), "drill"), practicing)
    assert np.all(curves.of(curves.gained(), "none") == 0.0)
    twin, policy = (
        weekly.loc[weekly["policy"] == name, "profit"].to_numpy().reshape(4, -1) for name in ("none", "ending")
    )
    rate = float(comparison.plan.scenario.parameters["money.discount"])
    expected = ((policy - twin) * (1.0 + rate) ** (-np.arange(40) / 52)).cumsum(axis=1)
    np.testing.assert_allclose(curves.of(curves.gained(), "ending"), expected)
    kept = {
        name: weekly[weekly["policy"] == name]
        .groupby("replicate")["retention"]
        .apply(lambda column: column.tail(52).prod() ** (52 / min(len(column), 52)))
        for name in ("ending", "none")
    }
    change = curves.of(curves.retention_change(), "ending")
    np.testing.assert_allclose(change[:, -1], kept["ending"] - kept["none"])
    assert np.isnan(change[:, 11]).all() and np.isfinite(change[:, 12]).all()


def test_a_small_effect_on_retention_can_be_seen() -> None:
    """Retention differs a little between runs and a tenth of a point between policies: the axis shows the tenth."""
    comparison = compared()
    generator = np.random.default_rng(3)
    weekly = comparison.weekly.copy()
    run = weekly["replicate"].astype(str) + " " + weekly["week"].astype(str)
    noise = dict(zip(run.unique(), generator.normal(0.997, 0.002, run.nunique()), strict=True))
    weekly["retention"] = run.map(noise) + np.where(weekly["policy"] == "ending", 0.001 / 52, 0.0)
    figure = figures.draw_loyalty(replace(comparison, weekly=weekly))
    ax = next(ax for ax in figure.axes if "ending" in [text.get_text() for text in ax.texts])
    low, high = ax.get_ylim()
    assert -0.1 < low <= 0.0
    assert 0.08 < high < 0.3
    lines = [np.asarray(line.get_ydata(), dtype=float) for line in ax.lines]
    assert any(len(line) == 40 and 0.08 < line[-1] < 0.1 for line in lines)


def test_a_tornado_clips_no_interval_and_leaves_out_what_does_nothing() -> None:
    table = pd.DataFrame(
        {
            "factor": ["strong", "strong", "idle", "weak"],
            "value": ["0", "1", "1", "1"],
            "end": ["low", "high", "high", "high"],
            "effect": [-1.0, 1.0, 0.0, 0.1],
            "low": [-9.0, -7.0, 0.0, 0.0],
            "high": [7.0, 9.0, 0.0, 0.2],
            "replicates": [4] * 4,
        }
    )
    sweep: Any = SimpleNamespace(designs=(), unit=lambda outcome: "EUR")
    key = ResultKey("tornado", "net_present_value", "talk")
    draw = sweep_figures._draw_rows
    figure = draw(sweep, "Tornado", "tornado", [(key, Swings(table, {}))], sweep_figures._swing, "effect")
    (ax,) = figure.axes
    assert ax.get_xlim()[0] <= -9.0
    assert ax.get_xlim()[1] >= 9.0
    words = " ".join(text.get_text() for text in figure.texts).replace("\n", " ")
    assert "1 factor without any effect left out." in words
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert "idle" not in labels and {"strong", "weak"} <= set(labels)


def test_colors_can_be_distinguished() -> None:
    found = colors(["none", *(f"policy {number}" for number in range(14))])
    assert found["none"] == TWIN_COLOR
    assert list(found.values())[1:13] == list(COLORS)
    assert len({TWIN_COLOR, *COLORS}) == 13
    assert found["policy 12"] == found["policy 0"]


@pytest.mark.parametrize("weeks", [1, 8, 40, 104, 221, 260, 416, 520, 1040, 5200])
def test_no_run_is_so_long_that_its_ticks_run_into_each_other(weeks: int) -> None:
    """In the narrowest panel, that of four policies side by side, as it is drawn."""
    ticks = week_ticks(weeks)
    assert len(ticks) >= (2 if weeks > 4 else 1)
    figure = Figure(figsize=(2.25, 1.55))
    ax = figure.add_axes((0.0, 0.3, 1.0, 0.7))
    bare(ax)
    ax.set_xlim(0, max(weeks - 1, 1))
    rule(ax, ticks, [], "x")
    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    boxes = [text.get_window_extent(canvas.get_renderer()) for text in ax.texts]
    assert all(left.x1 + 3 < right.x0 for left, right in pairwise(boxes))


def test_bands_break_where_nothing_is_known() -> None:
    assert stretches(np.array([False, True, True, False, True])) == [(1, 3), (4, 5)]
    assert stretches(np.zeros(3, dtype=bool)) == []
    values = np.array([[1.0, 2.0, np.nan, 4.0], [3.0, 4.0, np.nan, 6.0]])
    ax = Figure().add_subplot()
    draw_bands(ax, fan(values), OKABE_ITO[0])
    (bands,) = ax.collections
    paths = bands.get_paths()
    assert len(paths) == 3 * 2
    assert paths[0].vertices[:4].tolist() == [[0.0, 1.0], [1.0, 2.0], [1.0, 4.0], [0.0, 3.0]]


def test_ticks_are_named_only_where_asked_and_stay_inside() -> None:
    ax = Figure().add_subplot()
    bare(ax)
    ax.set_xlim(0, 10)
    ax.set_ylim(-1.0, 1.0)
    rule(ax, [0, 5, 10, 15], [-2.0, -0.5, 0.5], "x")
    assert [text.get_text() for text in ax.texts] == ["0", "5", "10"]
    rule(ax, [], [-2.0, -0.5, 0.5], "y")
    assert [text.get_text() for text in ax.texts[3:]] == ["\u22120.5", "0.5"]


@pytest.mark.slow
def test_a_picture_is_drawn_once_for_file_and_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    for picture in PICTURES[:4]:
        draw = getattr(figures, f"draw_{picture.name}")
        counted = lambda found, draw=draw, name=picture.name: drawn.append(name) or draw(found)  # noqa: E731
        monkeypatch.setattr(figures, f"draw_{picture.name}", counted)
    save_report(compared(), tmp_path / "results")
    assert sorted(drawn) == ["decay", "loyalty", "money", "propagation"]


@pytest.mark.slow
def test_workers_draw_the_same_to_the_byte() -> None:
    alone = draw_pictures(compared())
    with WorkerPool(2) as pool:
        shared = draw_pictures(compared(), pool)
    assert shared == alone


def test_settings_of_the_users_own_change_no_picture() -> None:
    picture = next(picture for picture in PICTURES if picture.name == "money")
    plain = to_png(picture.draw(compared()))
    with matplotlib.rc_context({"savefig.bbox": "tight", "savefig.dpi": 20, "font.size": 30.0, "lines.linewidth": 9.0}):
        assert to_png(picture.draw(compared())) == plain
