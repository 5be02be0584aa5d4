"""Streams that are closed, broken, full or of few characters: no command hangs on them."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from lab.small import TEXT
from lesson.small import thin_lessons

from sim.commands import cli
from sim.commands.cli import COMMANDS
from sim.commands.environment import clean_environment, missing_descriptions
from sim.commands.errors import BAD_INPUT, DONE, DONE_WITH_FAILURES, INTERRUPTED
from sim.commands.streams import finish_streams, make_streams_safe

FULL = Path("/dev/full")

EXPERIMENT = """
name = "few"
scenario = "small.toml"
weeks = 20
replicates = 2
policies = ["none", "talk"]
keep = ["cost"]
[[uncertainties]]
parameter = "employees.turnover"
low = 0.01
high = 0.05
[[designs]]
kind = "grid"
levels = 2
"""

RETENTION = "year,survivors\n0,1000\n1,800\n2,700\n3,640\n4,600\n5,570\n"

HISTORY = "quarter,practice,satisfaction,respondents\n1,.2,.6,20\n2,.3,.61,20\n3,.3,.62,20\n"


@dataclass(frozen=True)
class Use:
    """A small use of a command: its words, what it writes, and its exit code where it is not 0."""

    words: str
    writes: str = ""
    code: int = DONE


USES = {
    "compare": Use("compare small.toml --replicates 2 --workers 1 --out out", "out/report.html"),
    "advise": Use(
        "advise small.toml --budget 9000 --resource coaching --runs 100 --known --workers 1 --out out",
        "out/advice.html",
    ),
    "fit": Use("fit small.toml history.csv --policy drill --draws 64 --workers 1 --out out", "out/posterior.parquet"),
    "run": Use("run small.toml --out out.csv --trace employee:3", "out.csv"),
    "sweep": Use("sweep few.toml --workers 1 --out store", "store/runs.parquet"),
    "analyze": Use("analyze theirs.csv --factor speed --outcome waiting --out out", "out/analysis.md"),
    "evidence": Use("evidence --quick --workers 1 --only stated-values --out out.json", "out.json"),
    "calibrate": Use("calibrate retention.csv --out out.toml", "out.toml"),
    "lesson": Use("lesson speech --workers 1 --out out.html", "out.html"),
    "game": Use("game small.toml --out out.html", "out.html"),
    "live": Use("live small.toml --port 0 --save out.toml", "out.toml", INTERRUPTED),
    "list": Use("list parameters"),
    "check": Use("check small.toml no-such.toml", code=BAD_INPUT),
    "bundle": Use("bundle no-such-folder --out out.zip", code=BAD_INPUT),
    "reproduce": Use("reproduce no-such-folder", code=BAD_INPUT),
    "odd": Use("odd small.toml --out out.md", "out.md"),
    "dossier": Use("dossier small.toml --out out.md", "out.md"),
    "compile": Use("compile"),
}
"""One of every command; a command that is new needs one too."""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with everything that the uses read; streams and environment are put back afterward."""
    monkeypatch.chdir(tmp_path)
    files = {"small.toml": TEXT, "few.toml": EXPERIMENT, "retention.csv": RETENTION, "history.csv": HISTORY}
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    rows = "".join(f"{number / 10},{number % 7}\n" for number in range(40))
    (tmp_path / "theirs.csv").write_text(f"speed,waiting\n{rows}", encoding="utf-8")
    monkeypatch.setattr(os, "environ", os.environ)
    for name in ("MPLBACKEND", "COLUMNS"):
        monkeypatch.setenv(name, os.environ.get(name, "80" if name == "COLUMNS" else "agg"))
    thin_lessons(monkeypatch)
    monkeypatch.setattr("sim.pages.lesson.precomputed.cache_folder", lambda: tmp_path / "cache")

    def interrupt(server: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sim.pages.live.server.LiveServer.serve_forever", interrupt)
    return tmp_path


@pytest.fixture
def streams(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, int, str], None]]:
    """Puts another file in the place of a standard stream, as Python opens it."""
    opened: list[int] = []

    def put(name: str, descriptor: int, encoding: str = "utf-8") -> None:
        opened.append(descriptor)
        raw = io.FileIO(descriptor, "w", closefd=False)
        monkeypatch.setattr(sys, name, io.TextIOWrapper(io.BufferedWriter(raw), encoding=encoding))

    yield put
    for descriptor in opened:
        os.close(descriptor)


def pipe_without_a_reader() -> int:
    """The end of a pipe into which nobody can write any more."""
    reading, writing = os.pipe()
    os.close(reading)
    return writing


def run(words: str) -> int:
    """Exit code of the program, given what was typed."""
    sys.argv = ["centricity", *words.split()]
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert isinstance(end.value.code, int)
    return end.value.code


@pytest.fixture(autouse=True)
def _typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", sys.argv)


def test_every_command_is_used_here() -> None:
    assert USES.keys() == COMMANDS.keys()


@pytest.mark.slow
@pytest.mark.skipif(not FULL.exists(), reason="a full device is needed")
@pytest.mark.parametrize("name", COMMANDS)
def test_files_and_exit_code_do_not_depend_on_streams(
    folder: Path, streams: Callable[..., None], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Nobody listens, messages have no room, most characters are missing, and there is no input."""
    use = USES[name]
    monkeypatch.setattr(sys, "stdin", None)
    streams("stdout", pipe_without_a_reader(), "ascii")
    streams("stderr", os.open(FULL, os.O_WRONLY), "cp437")
    code = run(use.words)
    assert sys.stdin is not None
    sys.stdin.close()  # what was put in its place
    assert code == use.code
    assert (folder / use.writes).exists()


@pytest.mark.skipif(not FULL.exists(), reason="a full device is needed")
@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_is_given_on_every_stream(folder: Path, streams: Callable[..., None], name: str) -> None:
    streams("stdout", pipe_without_a_reader())
    streams("stderr", os.open(FULL, os.O_WRONLY))
    assert run(f"{name} --help") == DONE


@pytest.mark.skipif(not FULL.exists(), reason="a full device is needed")
def test_text_that_is_lost_is_reported_and_files_are_there(folder: Path, streams: Callable[..., None]) -> None:
    streams("stdout", os.open(FULL, os.O_WRONLY))
    streams("stderr", os.open("messages", os.O_WRONLY | os.O_CREAT))
    assert run(USES["run"].words) == DONE_WITH_FAILURES
    assert (folder / "out.csv").exists()
    (line,) = (folder / "messages").read_text().splitlines()
    assert line.startswith("the standard output cannot be written: No space left on device.")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp437", "cp850", "cp932", "utf-8"])
def test_a_character_that_the_encoding_lacks_has_a_substitute(
    folder: Path, streams: Callable[..., None], encoding: str
) -> None:
    streams("stdout", os.open("said", os.O_WRONLY | os.O_CREAT), encoding)
    assert run("list parameters") == DONE
    make_streams_safe()
    print("– ☃ \udc80")
    assert finish_streams(DONE) == DONE
    said = (folder / "said").read_bytes().decode(encoding, "replace")  # the library of commands takes ASCII for UTF-8
    assert "turnover" in said and "?" in said.splitlines()[-1]


@pytest.mark.slow
def test_streams_that_are_closed_take_no_other_file(folder: Path) -> None:
    """Without the null device in their place, the weekly rows would get the number of the standard output."""
    environment = {**os.environ, "PYTHONPATH": str(Path(cli.__file__).parents[2])}
    closing = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", sys.executable, "-m", "sim"]
    done = subprocess.run([*closing, *USES["run"].words.split()], env=environment, check=False)
    assert done.returncode == DONE
    assert (folder / "out.csv").read_text().startswith("week,")


def test_a_pipe_that_takes_no_more_for_now_is_waited_for(folder: Path, streams: Callable[..., None]) -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    reader = subprocess.Popen(["sh", "-c", "sleep 0.2; cat > read"], stdin=reading)
    os.close(reading)
    streams("stdout", writing)
    make_streams_safe()
    print("x" * 1_000_000, end="")
    assert finish_streams(DONE) == DONE
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), writing)  # so that the reader sees the end
    assert reader.wait() == 0
    assert (folder / "read").stat().st_size == 1_000_000


def test_streams_of_others_stay_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    other = io.StringIO()
    monkeypatch.setattr(sys, "stdout", other)
    make_streams_safe()
    assert sys.stdout is other


def test_what_is_meant_for_other_programs_is_set_aside() -> None:
    odd = {"MPLBACKEND": "module://nowhere.backend", "COLUMNS": "0", "LINES": "many", "TERMINAL_WIDTH": "9" * 5000}
    clean_environment(odd)
    assert odd == {"MPLBACKEND": "agg"}
    usual = {"COLUMNS": "132", "LINES": "40", "HOME": "/home/somebody"}
    clean_environment(usual)
    assert usual == {"COLUMNS": "132", "LINES": "40", "HOME": "/home/somebody", "MPLBACKEND": "agg"}


@pytest.mark.parametrize("level", [0, 1, 2])
def test_without_descriptions_nothing_is_described(level: int) -> None:
    assert bool(missing_descriptions(level)) == (level == 2)
