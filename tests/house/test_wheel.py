"""The built wheel works where it is installed, without the checkout beside it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not (TOP / "pyproject.toml").is_file(), reason="needs the checkout")]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built and unpacked as an installer does."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(TOP)]
    done = subprocess.run(build, capture_output=True, text=True, check=False, timeout=500)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def _run(unpacked: Path, *words: str) -> subprocess.CompletedProcess[str]:
    code = f"import sys; sys.path.insert(0, {str(unpacked)!r}); import sim; assert sim.__file__.startswith({str(unpacked)!r}); "
    code += "from sim.commands.cli import main; sys.argv[0] = 'centricity'; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=unpacked.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env={**os.environ, "PYTHONPATH": str(unpacked)},
    )


@pytest.mark.parametrize("what", ["scenarios", "policies", "parameters", "outcomes"])
def test_what_ships_is_listed(unpacked: Path, what: str) -> None:
    done = _run(unpacked, "list", what)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) > 1


def test_the_main_job_runs(unpacked: Path) -> None:
    words = [
        "compare",
        "retail-bank",
        "--replicates",
        "2",
        "--weeks",
        "30",
        "--workers",
        "1",
        "--set",
        "employees.number=40",
    ]
    sizes = ["--set", "customers.initial=60", "--set", "customers.market=80", "--set", "run.burn_in=5", "--out", "out"]
    done = _run(unpacked, *words, *sizes)
    assert done.returncode == 0, done.stderr
    for name in ("summary.json", "weekly.parquet", "report.html", "manifest.json", "figures"):
        assert (unpacked.parent / "out" / name).exists()


def test_evidence_finds_its_data(unpacked: Path) -> None:
    done = _run(unpacked, "evidence", "--only", "sbg", "--quick")
    assert done.returncode in (0, 2), done.stderr
    assert "Traceback" not in done.stderr


def test_the_page_of_a_lesson_ships(unpacked: Path) -> None:
    folder = unpacked / "sim" / "pages" / "lesson"
    assert (folder / "words.toml").is_file() and (folder / "page" / "page.html.jinja").is_file()
    assert len(list((folder / "page" / "scripts").glob("*.js"))) == 9
    assert (unpacked / "sim" / "shipped" / "lessons" / "speech.toml").is_file()
    done = _run(unpacked, "lesson", "--help")
    assert done.returncode == 0, done.stderr


def test_the_page_of_the_game_ships(unpacked: Path) -> None:
    pages = unpacked / "sim" / "pages"
    assert (pages / "game" / "page" / "page.html.jinja").is_file() and (pages / "shared" / "week_in_page.js").is_file()
    assert (pages / "shared" / "vendored" / "qrcode.js").is_file()
    done = _run(unpacked, "game", "--help")
    assert done.returncode == 0, done.stderr
