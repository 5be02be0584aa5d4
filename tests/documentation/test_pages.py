"""The site: it builds without a warning, its links lead somewhere, and its pages tell what happens."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import sim
from documentation.pages import DOCS, blocks_of, differences
from sim.commands.cli import COMMANDS
from sim.commands.list import ROWS, Catalog

pytestmark = pytest.mark.skipif(not DOCS.is_dir(), reason="needs the checkout")

ELSEWHERE = {"architecture.md", "changelog.md", "contributing.md", "extensions.md", "fitting.md", "fitting-mathematics.md",
             "glossary.md", "histories.md", "index.md", "texts.md"}  # fmt: skip
"""Pages whose blocks are no steps for a reader, or have a test of their own."""


def pages() -> list[Path]:
    """Pages with steps to follow."""
    found = [
        *DOCS.glob("*.md"),
        *(path for part in ("tutorials", "how-to", "concepts") for path in (DOCS / part).glob("*.md")),
    ]
    return sorted(path for path in found if path.name not in ELSEWHERE and blocks_of(path))


@pytest.mark.slow
@pytest.mark.parametrize("page", pages(), ids=lambda page: page.stem)
def test_a_page_tells_what_happens(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    assert not (wrong := differences(page, tmp_path)), "\n".join(wrong)


def test_a_wrong_output_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```python\nprint(1, 2, 3)\n```\n\n```text\n1 ... 3\n```\n\n```text\n1 2 4\n```\n")
    (wrong,) = differences(page, tmp_path)
    assert "1 2 4" in wrong


def test_no_line_of_a_page_is_taken_for_a_comment() -> None:
    """A line that begins with % is one in MyST, and would be lost on the site alone."""
    texts = [path for path in (DOCS.parent / "README.md", *DOCS.rglob("*.md")) if path.parent.name != "reference"]
    prose = {
        path: re.sub(r"^ *```.*?^ *```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
        for path in texts
    }
    assert not [path for path, text in prose.items() if re.search(r"^%", text, flags=re.MULTILINE)]


@pytest.mark.slow
def test_the_site_is_built_whole_and_needs_no_network(tmp_path: Path) -> None:
    pytest.importorskip("sphinx")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", str(DOCS), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    links_lead_somewhere(tmp_path)
    nothing_comes_from_a_network(tmp_path)
    the_reference_has_everything(tmp_path)


def links_lead_somewhere(site: Path) -> None:
    links = {
        (page, target.partition("#")[0])
        for page in site.rglob("*.html")
        for target in re.findall(r'(?:href|src)="([^"]+)"', page.read_text(encoding="utf-8"))
        if not re.match(r"[a-z]+:", target) and target.partition("#")[0]
    }
    assert len(links) > 1000
    gone = {f"{page.name}: {target}" for page, target in links if not (page.parent / target.partition("?")[0]).exists()}
    assert not gone


def nothing_comes_from_a_network(site: Path) -> None:
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert not re.findall(r'<(?:script|img|iframe)[^>]+src="(?:https?:)?//', text), page.name
        assert not re.findall(r'<link[^>]+rel="(?:stylesheet|preload|preconnect)"[^>]+href="(?:https?:)?//', text), (
            page.name
        )


def the_reference_has_everything(site: Path) -> None:
    for catalog in Catalog:
        text = (site / "reference" / f"{catalog.value}.html").read_text(encoding="utf-8")
        missing = [row["name"] for row in ROWS[catalog]() if row["name"] not in text]
        assert not missing, catalog
    commands = (site / "reference" / "commands.html").read_text(encoding="utf-8")
    assert not [name for name in COMMANDS if f'id="centricity-{name}"' not in commands]
    python = (site / "python.html").read_text(encoding="utf-8")
    assert not [name for name in sim.__all__ if not name.startswith("_") and f'id="sim.{name}"' not in python]
