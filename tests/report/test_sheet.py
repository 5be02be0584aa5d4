"""The first page as a sheet: everything of the page is on it, inside its margins, as PNG and PDF."""

from __future__ import annotations

from functools import cache

import pytest
from lab.small import compared, make_policy, small
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from sim.lab import Comparison, compare
from sim.pages.report.decision_page import SCORES
from sim.pages.report.first_page import SHEET, draw_first_page
from sim.pages.report.html import describe_report
from sim.pages.report.pictures import PICTURES, draw_pictures


@cache
def many() -> Comparison:
    """More policies than have room."""
    names = [f"program-{number}" for number in range(13)]
    return compare(small(), [make_policy(name, posters=0.02 * (1 + i)) for i, name in enumerate(names)], 2, workers=1)


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.texts]


def joined(figure: Figure) -> str:
    return " ".join(texts(figure)).replace("\u00a0", " ")


def test_the_sheet_holds_the_words_and_numbers_of_the_page() -> None:
    comparison = compared()
    figure = draw_first_page(comparison)
    page, words = describe_report(comparison, ()), joined(figure)
    assert tuple(figure.get_size_inches()) == SHEET
    for line in (page["headline"], page["facts"], page["closing"], page["scale"], *page["organization"]):
        assert str(line).replace("\u00a0", " ") in words
    for title in page["boxes"]:
        assert title in words
    for policy in comparison.ranked:
        for name in SCORES:
            cell = comparison.cells[policy][name]
            assert (cell.word if cell.missing else cell.value) in texts(figure)
    gained, at_end = figure.axes
    assert len(gained.lines) + len(at_end.lines) >= 2 * len(comparison.ranked)


@pytest.mark.parametrize("make", [compared, many])
def test_nothing_leaves_the_margins(make: object) -> None:
    assert callable(make)
    figure = draw_first_page(make())
    renderer = FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]
    width, height = SHEET[0] * figure.dpi, SHEET[1] * figure.dpi
    for text in figure.texts:
        box = text.get_window_extent(renderer)
        assert 0.4 * figure.dpi < box.x0 < box.x1 < width - 0.4 * figure.dpi, text.get_text()
        assert 0.4 * figure.dpi < box.y0 < box.y1 < height - 0.4 * figure.dpi, text.get_text()


def test_twelve_policies_have_room_in_the_order_of_results_and_colors_of_their_own() -> None:
    figure = draw_first_page(many())
    chips = [text.get_color() for text in figure.texts if text.get_text() == "■"]
    assert len(chips) == len(set(chips)) == 12
    shown = [text for text in texts(figure) if text in many().ranked]
    assert tuple(shown) == many().ranked[:12]
    assert "The first 12 of 13 policies; report.html has all of them." in joined(figure)


def test_both_files_are_written_and_the_same_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    sheets = tuple(picture for picture in PICTURES if picture.sheet)
    monkeypatch.setattr("sim.pages.report.pictures.PICTURES", sheets)
    (drawn,) = draw_pictures(compared())
    assert drawn.png.startswith(b"\x89PNG")
    assert drawn.pdf.startswith(b"%PDF")
    assert draw_pictures(compared()) == [drawn]
