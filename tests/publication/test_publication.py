"""What a paper needs: pictures without titles and safe in gray, tables with intervals in brackets, methods from the manifest."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from support import TINY

from sim import compare
from sim.analysis.metrics import METRICS
from sim.lab.comparison import Comparison
from sim.lab.display import Cell
from sim.model.scenario.messages import Faults
from sim.pages.publication.bibliography import cited, works, write_bibtex
from sim.pages.publication.latex import Block, minus, with_intervals, write_figure, write_table
from sim.pages.publication.methods import methods_of_comparison, methods_of_sweep
from sim.pages.publication.of_comparison import bracketed, tables_of, write_comparison
from sim.pages.publication.request import COLUMNS, FONTS, LETTERS, Publication, read_publication
from sim.pages.report.figure_style import SCREEN, CaptionedFigure, current_sheet, on_sheet
from sim.pages.report.figures import draw_decay, draw_propagation
from sim.safe_text import for_latex

_MACROS = r"""
documentclass usepackage title author maketitle section input bibliographystyle bibliography centering footnotesize caption label
toprule midrule bottomrule addlinespace endhead includegraphics cite textgreater textless textquotesingle textquotedbl
textasciitilde textasciicircum textbar textbackslash geq leq times rightarrow triangle % & _ # $ { } \
"""

KEPT = Path(__file__).parents[2] / "results" / "retail-bank" / "manifest.json"


@cache
def compared() -> Comparison:
    policies = ["none", "symbolic", "procedural", "value-driven", "symbolic-then-value-driven"]
    return compare("retail-bank", policies=policies, replicates=3, weeks=150, workers=1, overrides=TINY)


def drawn(column: str, font: str = "sans") -> CaptionedFigure:
    with on_sheet(Publication(("pdf",), column=column, font=font).sheet):
        figure = draw_decay(compared())
    assert isinstance(figure, CaptionedFigure)
    return figure


def words(figure: Any) -> list[Any]:
    return [*figure.texts, *(text for ax in figure.axes for text in (*ax.texts, ax.title))]


@pytest.mark.parametrize("column", sorted(COLUMNS))
@pytest.mark.parametrize("font", sorted(FONTS))
def test_a_picture_has_the_width_and_letters_of_the_journal_and_no_title(column: str, font: str) -> None:
    figure = drawn(column, font)
    assert figure.get_figwidth() * 25.4 == pytest.approx(COLUMNS[column][0])
    said = [text for text in words(figure) if text.get_text()]
    assert {text.get_fontfamily()[0] for text in said} == {FONTS[font]}
    assert max(text.get_fontsize() for text in said) <= LETTERS + 1.0
    assert not any("What is left when sponsorship ends" in text.get_text() for text in said)
    assert figure.title == "What is left when sponsorship ends" and "Policy minus twin" in figure.note
    assert "symbolic sponsored, weeks 0" in figure.note
    assert figure.get_figheight() <= 9.7 and current_sheet() is SCREEN


@pytest.mark.parametrize("column", sorted(COLUMNS))
def test_nothing_lies_outside_and_no_texts_overlap(column: str) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure = drawn(column)
    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    boxes = [
        text.get_window_extent(canvas.get_renderer()).shrunk(0.9, 0.8)
        for text in words(figure)
        if text.get_text() and text.get_visible() and not text.get_text().startswith(("+", "\N{MINUS SIGN}", "0"))
    ]
    width, height = canvas.get_width_height()
    assert all(box.x0 > -1 and box.y0 > -1 and box.x1 < width + 1 and box.y1 < height + 1 for box in boxes)
    for place, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[place + 1 :])


def test_without_color_the_twin_is_told_by_its_broken_line() -> None:
    with on_sheet(Publication(("pdf",)).sheet):
        figure = draw_propagation(compared())
    styles = {
        line.get_linestyle() for line in figure.axes[0].lines if len(line.get_xdata()) == compared().plan.scenario.weeks
    }
    assert styles == {"-", "--"}
    assert "broken line" in figure.note
    usual = draw_propagation(compared())
    assert {line.get_linestyle() for line in usual.axes[0].lines if len(line.get_xdata()) > 100} == {"-"}


@pytest.mark.slow
def test_the_folder_has_everything_and_its_document_can_be_read(tmp_path: Path) -> None:
    write_comparison(compared(), tmp_path, Publication(("pdf", "svg"), True))
    new = tmp_path / "publication"
    names = {path.name for path in new.iterdir()}
    for picture in ("propagation", "decay", "loyalty", "money"):
        assert {f"{picture}.{ending}" for ending in ("pdf", "svg", "tex")} <= names
    assert {"measures.tex", "all-measures.tex", "captions.md", "methods.md", "methods.tex", "references.bib"} <= names
    assert "first-page.pdf" not in names
    check_latex(new)
    again = tmp_path / "again"
    again.mkdir()
    write_comparison(compared(), again, Publication(("pdf",), True))
    for path in new.glob("*[!g]"):
        assert path.read_bytes() == (again / "publication" / path.name).read_bytes(), path.name
    if shutil.which("pdflatex") and shutil.which("bibtex"):
        latex = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "document"]
        for command in (latex, ["bibtex", "document"], latex, latex):
            done = subprocess.run(command, cwd=new, capture_output=True, check=False)
            assert done.returncode == 0, done.stdout[-2000:]
        said = done.stdout.decode(errors="replace")
        assert "undefined" not in said and "Float too large" not in said and "Overfull" not in said


def check_latex(folder: Path) -> None:
    """Whether every file is LaTeX: groups and environments close, macros are known, what is included and cited is there."""
    from pylatexenc.latexwalker import LatexEnvironmentNode, LatexMacroNode, LatexWalker

    included = re.findall(r"\\input\{(.+?)\}", (folder / "document.tex").read_text(encoding="utf-8"))
    assert {"methods", "measures"} <= set(included)
    known = set(re.findall(r"\S+", _MACROS))
    for name in ("document", *included):
        text = (folder / f"{name}.tex").read_text(encoding="utf-8")
        nodes, _, _ = LatexWalker(text, tolerant_parsing=False).get_latex_nodes()
        for node in re.findall(r"\\([A-Za-z]+|.)", text):
            assert node in known | {"begin", "end"}, f"{name}: \\{node}"
        assert any(isinstance(node, LatexEnvironmentNode | LatexMacroNode) for node in nodes) or name == "methods"
        for key in re.findall(r"\\cite\{(.+?)\}", text):
            assert f"{{{key},\n" in (folder / "references.bib").read_text(encoding="utf-8")
        for row in re.findall(r"^(?!\\)(.+) \\\\$", text, flags=re.MULTILINE):
            columns = re.search(r"\{@\{\}(l r*|lr*)@\{\}\}", text)
            assert columns and len(re.split(r"(?<!\\)&", row)) == len(columns[1])


def test_a_cell_has_its_interval_in_brackets() -> None:
    assert bracketed(Cell("+26.1", "+24.3 to +27.9")) == "+26.1 [+24.3, +27.9]"
    assert bracketed(Cell("-0.5", "-1.0 to 0.0")) == "\N{MINUS SIGN}0.5 [\N{MINUS SIGN}1.0, 0.0]"
    assert bracketed(Cell("–", reason="nothing sponsored")) == "–"
    assert minus("-0.0 and symbolic-then") == "0.0 and symbolic-then"


def test_numbers_of_tables_are_those_of_the_comparison() -> None:
    table = next(tables_of(compared()))
    cells = {row[0]: row[1:] for row in table.blocks[0].rows}
    for policy, text in zip(table.blocks[0].heading[1:], cells["lift at end, points"], strict=True):
        assert text == bracketed(compared().cells[policy]["lift_at_end"])
    shown = [name for block in table.blocks for name in block.heading[1:] if name]
    assert shown == list(compared().ranked)
    every = [row[0] for row in list(tables_of(compared()))[1].blocks[0].rows]
    assert len(set(every)) == len(every) == len(METRICS) and not any(name.startswith(("=", "less")) for name in every)


def test_a_tidy_table_gets_intervals_and_says_once_what_is_the_same() -> None:
    table = pd.DataFrame(
        {
            "design": ["grid"] * 3, "factor": ["a_b", "c", "d"], "mean": [26.13, -0.0421, np.nan],
            "mean_low": [24.3, -0.061, np.nan], "mean_high": [27.94, -0.0231, np.nan], "coefficient": [0.5, 0.25, 0.125],
            "low": [0.4, np.nan, 0.1], "high": [0.6, np.nan, 0.15],
        }
    )  # fmt: skip
    block, same = with_intervals(table)
    assert same == {"design": "grid"} and block.heading == ("factor", "mean", "coefficient")
    assert block.rows[0] == ("a_b", "26.1 [24.3, 27.9]", "0.50 [0.40, 0.60]")
    assert block.rows[1][1] == "\N{MINUS SIGN}0.042 [\N{MINUS SIGN}0.061, \N{MINUS SIGN}0.023]"
    assert block.rows[1][2] == "0.25" and block.rows[2] == ("a_b"[:0] + "d", "–", "0.125 [0.100, 0.150]")


def test_special_characters_are_escaped_in_latex() -> None:
    assert for_latex("50 % & 3_a #1 $5 {x} ~^\\") == (
        r"50 \% \& 3\_a \#1 \$5 \{x\} \textasciitilde{}\textasciicircum{}\textbackslash{}"
    )
    written = write_table("a b", "10 % off", [Block(("a", "b"), (("x_y", "1 [0, 2]"),))])
    assert r"x\_y & 1 [0, 2] \\" in written and r"\caption{10 \% off}\label{tab:a-b}" in written
    assert r"\toprule" in written and r"\bottomrule" in written and r"\begin{tabular}{@{}lr@{}}" in written
    assert r"\begin{longtable}" in write_table("long", "", [Block(("a",), (("x",),) * 60)])
    assert r"\includegraphics{money}" in write_figure("money", "When it pays.")


@pytest.mark.skipif(not KEPT.is_file(), reason="needs the checkout")
def test_every_number_of_the_methods_comes_from_the_manifest() -> None:
    manifest = json.loads(KEPT.read_text(encoding="utf-8"))
    text = " ".join(methods_of_comparison(manifest).sentences)
    inside = json.dumps(manifest)
    for number in re.findall(r"(?<![\w.@])\d[\d,.]*\b", re.sub(r"\[@\w+\]", "", text)):
        plain = number.rstrip(".,").replace(",", "")
        assert plain in inside or plain in ("95", "2000"), (
            number
        )  # the level and the samples of the program's intervals
    for name in (
        *manifest["policies"][1:],
        manifest["scenario"]["name"],
        manifest["versions"]["mesa"],
        manifest["command"],
    ):
        assert name in text
    assert "30 organizations were drawn (seed 1)" in text and "for 260 weeks, after 104 weeks" in text
    other = {
        **manifest,
        "replicates": 7,
        "seed": 99,
        "fingerprint": "abcdef0123456789",
        "failures": [{}],
        "without": ["norm"],
    }
    changed = " ".join(methods_of_comparison(other).sentences)
    assert "7 organizations were drawn (seed 99)" in changed and "fingerprint of the code abcdef012345" in changed
    assert "1 run failed and is missing" in changed and "Switched off in policies and twins alike: norm." in changed


def test_methods_of_a_sweep_tell_its_designs() -> None:
    manifest = {
        "versions": dict.fromkeys(("python", "mesa", "numpy", "numba", "matplotlib", "centricity"), "1.0"), "code": "f" * 64,
        "scenario": {"name": "bank"}, "weeks": 104, "seed": 3, "replicates": {"fixed": 4}, "runs": {"done": 96, "failed": 2},
        "designs": [
            {"name": "all", "kind": "sobol", "rows": 24, "over": ["a", "b"]},
            {"name": "grid", "kind": "grid", "rows": 9, "over": ["a"]},
        ],
        "experiment_hash": "e" * 64, "experiment": {"name": "norms"},
    }  # fmt: skip
    methods = methods_of_sweep(manifest)
    text = methods.markdown()
    for part in (
        "24 rows over 2 factors",
        "4 replicates",
        "(seed 3)",
        "96 runs are done, 2 failed",
        "Saltelli et al. 2010",
    ):
        assert part in text
    assert {"saltelli2010", "iwanaga2022"} <= set(methods.keys) and r"\cite{saltelli2010}" in methods.latex()


def test_every_work_is_complete_and_found_by_its_citation() -> None:
    for key, work in works().items():
        assert {"author", "title", "year"} <= set(work.fields), key
        assert re.fullmatch(r"(?:1[89]|20)\d\d", work.year)
        assert work.text.count("{") == work.text.count("}")
        assert work.reference.endswith(".") and "{" not in work.reference and "\\" not in work.reference
    found = {
        work.key for work in cited("Repenning & Sterman 2002; by March (1991); Staats et al. 2017; Sterman 2001 alone")
    }
    assert found == {"repenning2002", "march1991", "staats2017"}
    assert write_bibtex(["march1991", "bem1972", "march1991"]).count("@") == 2


def test_options_are_read_and_faults_told() -> None:
    faults = Faults()
    found, workbook = read_publication("svg,pdf", "xlsx,latex", "single", "serif", True, faults)
    assert not faults.messages and workbook and found == Publication(("svg", "pdf"), True, "single", "serif")
    assert not Publication()
    for given, said in (
        (("eps", None, None, None, True), "--format must be one or more of pdf, svg, png"),
        ((None, "xlsx", None, None, False), '--tables must be latex, got "xlsx"'),
        ((None, "latex", "wide", None, True), '--column must be double or single, got "wide"'),
        ((None, "latex", None, "serif", True), "--font is for pictures, got serif without --format"),
    ):
        faults = Faults()
        read_publication(*given, faults)
        assert any(said in message for message in faults.messages), faults.messages


def test_an_interval_without_width_is_a_number() -> None:
    table = pd.DataFrame({"mean": [0.0042, 7.0], "low": [0.0042, 6.0], "high": [0.0042 + 1e-17, 8.0]})
    assert with_intervals(table)[0].rows == (("0.0042",), ("7.0 [6.0, 8.0]",))
