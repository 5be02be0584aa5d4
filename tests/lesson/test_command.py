"""``centricity lesson`` on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from lesson.small import shipped, thin_lessons
from sim.commands.cli import app


@pytest.fixture(autouse=True)
def little(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Thin lessons, kept in a folder of the test's own."""
    thin_lessons(monkeypatch)
    monkeypatch.setattr("sim.pages.lesson.precomputed.cache_folder", lambda: tmp_path / "cache")


def test_a_lesson_is_one_small_file(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    done = CliRunner().invoke(app, ["lesson", "speech", "--out", str(file), "--workers", "1"])
    assert done.exit_code == 0, done.output
    assert file.stat().st_size < 3_000_000
    text = file.read_text(encoding="utf-8")
    assert "What does a speech leave behind?" in text and "CC BY 4.0" in text
    markup = text.partition('<script type="application/json"')[0]
    assert "src=" not in markup and "@import" not in markup
    assert [
        line
        for line in text.splitlines()
        if "://" in line
        and "w3.org" not in line
        and "creativecommons.org" not in line
        and not line.strip().startswith("//")  # comments of a library
    ] == []


def test_bad_input_is_reported_at_once(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["lesson", "spech", "--out", str(tmp_path / "page.pdf"), "--workers", "0"])
    assert done.exit_code == 2
    assert (
        "Did you mean speech, which ships?" in done.output
        and "must end in .html" in done.output
        and "--workers" in done.output
    )
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_says_how_to_go_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def interrupted(_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("sim.pages.lesson.precomputed.run_organization", interrupted)
    done = CliRunner().invoke(app, ["lesson", "line", "--out", str(tmp_path / "page.html"), "--workers", "1"])
    assert done.exit_code == 130
    assert "The same command goes on" in done.output
    assert not (tmp_path / "page.html").exists()


def test_a_failed_run_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def failing(_: object) -> str:
        raise ValueError("no such week")

    monkeypatch.setattr("sim.pages.lesson.precomputed.run_organization", failing)
    done = CliRunner().invoke(app, ["lesson", "line", "--out", str(tmp_path / "page.html"), "--workers", "1"])
    assert done.exit_code == 1
    assert "no such week" in done.output


def test_texts_may_be_translated(tmp_path: Path) -> None:
    words, file = tmp_path / "words.toml", tmp_path / "rede.html"
    command = ["lesson", "speech", "--out", str(file), "--words", str(words), "--workers", "1"]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0 and "Translate it" in done.output, done.output
    assert not file.exists()
    text = words.read_text(encoding="utf-8").replace('language = "en"', 'language = "de"')
    words.write_text(text.replace("What does a speech leave behind?", "Was bleibt von einer Rede?"), encoding="utf-8")
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    page = file.read_text(encoding="utf-8")
    assert "Was bleibt von einer Rede?" in page and '<html lang="de">' in page


def test_a_page_for_students_has_no_sheet(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    done = CliRunner().invoke(app, ["lesson", "speech", "--students", "--out", str(file), "--workers", "1"])
    assert done.exit_code == 0, done.output
    page = file.read_text(encoding="utf-8")
    sheet = shipped("speech").texts["sheet"]
    assert sheet["aim"] not in page and sheet["questions"][0]["answer"] not in page and 'id="sheet"' not in page


def test_a_text_that_the_runs_contradict_is_told(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    done = CliRunner().invoke(app, ["lesson", "checklists", "--out", str(file), "--workers", "1"])
    assert done.exit_code == 0, done.output
    assert "prediction.answer is below, and the runs show" in done.output, "a tiny organization for a few weeks"
