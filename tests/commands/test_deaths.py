"""Commands that are killed or interrupted at random moments: nothing is half written, no litter stays, no finished run is lost.

``CENTRICITY_DEATHS`` says how many processes end before their time, over all commands; see ``CONTRIBUTING.md``.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from glob import glob
from pathlib import Path

import pandas as pd
import pytest
from fitting.small import HISTORY
from lab.small import TEXT

from commands.test_streams import EXPERIMENT, RETENTION
from sim.commands import cli
from sim.commands.errors import INTERRUPTED
from sim.lab.sweep.reading import read_store
from sim.model.scenario import Scenario

DEATHS = int(os.environ.get("CENTRICITY_DEATHS", "12"))
"""Number of processes that end before their time, over all commands."""

SEED = 20_240_607
"""Seed of the moments and signals; when a signal arrives depends on the machine all the same."""

SIGNALS = [getattr(signal, name, None) for name in ("SIGKILL", "SIGINT", "SIGTERM", "SIGHUP")]

PATIENCE = 300.0

PRELUDE = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # the process that started the tests may ignore these
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
import sim.lab.kept_results as kept
kept.SAVED_EVERY = 0.05
import sim.pages.lesson.loading as loading
from lesson.small import thin
lesson = thin("speech", replicates=6)
loading.load_lesson = lambda name: lesson
sys.argv = ["centricity", *{words!r}]
from sim.__main__ import main
main()
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="signals"),
]


def folder_contents(place: Path) -> dict[str, bytes]:
    """Every file below a place, or the file itself; without what tells of the day and the time."""
    files = [place] if place.is_file() else sorted(path for path in place.rglob("*") if path.is_file())
    return {
        path.relative_to(place).as_posix(): path.read_bytes()
        for path in files
        if not re.search(r"manifest|circumstances|\.lock|report\.html", path.name)
    }


def comparison_is_whole(place: Path) -> None:
    manifest = json.loads((place / "manifest.json").read_text(encoding="utf-8"))
    for name, entry in manifest["files"].items():
        assert (place / name).stat().st_size == entry["bytes"], name


def store_is_readable(place: Path) -> None:
    if (place / "manifest.json").exists():
        read_store(place).points  # noqa: B018 (reading checks it)


def number_of_kept_results(place: Path) -> int:
    return len(list(place.parent.glob(f".{place.name}.unfinished/results-*.npz")))


def number_of_stored_runs(place: Path) -> int:
    return len(read_store(place).runs) if (place / "manifest.json").exists() else 0


def page_is_whole(place: Path) -> None:
    assert place.read_text(encoding="utf-8").rstrip().endswith("</html>")


def scenario_is_whole(place: Path) -> None:
    assert Scenario.load(place).departments


def analysis_is_whole(place: Path) -> None:
    listed = json.loads((place / "analysis.json").read_text(encoding="utf-8"))["files"]
    assert all((place / name).exists() for name in listed)
    pd.read_csv(next((place / "tables").glob("*.csv")))


@dataclass(frozen=True)
class Command:
    """A command under test.

    Attributes:
        words: As typed; the last one is what it writes.
        is_whole: Fails unless what is there under that name is whole.
        beside: Other names that it writes.
        lasts: Whether it only ends when it is told to.
        counts: Number of finished pieces of work that are kept, which no death makes smaller.
        begun: What is there as soon as it writes its results; moments are counted from then on.
    """

    words: str
    is_whole: Callable[[Path], None]
    beside: tuple[str, ...] = ()
    lasts: bool = False
    counts: Callable[[Path], int] = lambda place: 0
    begun: str = ""

    @property
    def target(self) -> str:
        return self.words.split()[-1]


COMPARE = "compare small.toml --replicates 40 --workers 1 --out results"
COMMANDS = {
    "compare": Command(COMPARE, comparison_is_whole, counts=number_of_kept_results),
    "report": Command(COMPARE.replace("40", "2"), comparison_is_whole, begun=".results-*.partial/*"),
    "sweep": Command(
        "sweep few.toml --replicates 40 --workers 2 --out results", store_is_readable, counts=number_of_stored_runs
    ),
    "fit": Command(
        "fit small.toml history.csv --policy drill --draws 128 --vary employees.turnover --workers 1 --out results",
        comparison_is_whole,
        counts=number_of_kept_results,
    ),
    "calibrate": Command(
        "calibrate retention.csv --out shop.toml", scenario_is_whole, beside=("shop.png", "shop.fit.json")
    ),
    "lesson": Command("lesson speech --workers 1 --out page.html", page_is_whole),
    "live": Command("live small.toml --port 0 --save session.toml", scenario_is_whole, lasts=True),
    "analyze": Command(
        "analyze theirs.csv --factor speed --outcome waiting --out results",
        analysis_is_whole,
        begun=".results-*.partial/*",
    ),
}


@dataclass
class Place:
    """A folder in which a command runs again and again."""

    folder: Path
    command: Command
    ended: list[int] = field(default_factory=list)

    def start(self) -> subprocess.Popen[bytes]:
        top = Path(cli.__file__).parents[2]
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(top), str(top / "tests")]),
            "TMPDIR": str(self.folder / "temporary"),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
        }
        with self.said.open("wb") as said:
            return subprocess.Popen(
            [sys.executable, "-c", PRELUDE.format(words=self.command.words.split())],
            cwd=self.folder / "work", env=environment, stdout=said, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip

    def wait_for_the_beginning(self, process: subprocess.Popen[bytes], before: set[str]) -> None:
        """Wait until it writes its results; what an earlier one has left does not count."""
        deadline = time.monotonic() + PATIENCE
        while self.command.begun and process.poll() is None and not self.begun() - before:
            assert time.monotonic() < deadline
            time.sleep(0.005)

    def begun(self) -> set[str]:
        """What is there of results that are being written."""
        return set(glob(str(self.work / self.command.begun))) if self.command.begun else set()

    @property
    def work(self) -> Path:
        return self.folder / "work"

    @property
    def said(self) -> Path:
        """What it prints."""
        return self.folder / "said"

    @property
    def target(self) -> Path:
        return self.work / self.command.target

    def run_to_the_end(self) -> float:
        """Run it undisturbed; the seconds that it took, from the moment at which its results are begun."""
        before = self.begun()
        process = self.start()
        self.wait_for_the_beginning(process, before)
        began = time.monotonic()
        if self.command.lasts:
            while not self.said.stat().st_size:
                assert process.poll() is None
                assert time.monotonic() < began + PATIENCE
                time.sleep(0.02)
            process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == (INTERRUPTED if self.command.lasts else 0)
        return time.monotonic() - began

    def end_early(self, after: float, number: int) -> None:
        """Run it, and send a signal after some seconds."""
        before = self.begun()
        process = self.start()
        self.wait_for_the_beginning(process, before)
        time.sleep(after)
        process.send_signal(number)
        code = process.wait(PATIENCE)
        self.ended.append(code)
        assert code in (0, INTERRUPTED, -number), f"{signal.Signals(number).name} after {after:.2f} s: {code}"

    def litter(self) -> set[str]:
        """Names of what should not be there after a good run."""
        own = {
            "small.toml",
            "few.toml",
            "retention.csv",
            "theirs.csv",
            "history.csv",
            self.command.target,
            *self.command.beside,
        }
        left = {path.name for path in self.work.iterdir()} - own
        return left | {f"temporary/{path.name}" for path in (self.folder / "temporary").iterdir()}


@pytest.mark.parametrize("name", COMMANDS)
def test_nothing_is_lost_half_written_or_left_behind(tmp_path: Path, name: str) -> None:
    command = COMMANDS[name]
    for folder in ("work", "temporary", "cache"):
        (tmp_path / folder).mkdir()
    rows = "".join(f"{number / 10},{number % 7}\n" for number in range(40))
    files = {
        "small.toml": TEXT, "few.toml": EXPERIMENT, "retention.csv": RETENTION, "theirs.csv": f"speed,waiting\n{rows}",
        "history.csv": HISTORY,
    }  # fmt: skip
    place = Place(tmp_path, command)
    for file, text in files.items():
        (place.work / file).write_text(text, encoding="utf-8")
    takes = place.run_to_the_end()
    expected = folder_contents(place.target)
    rng = random.Random(f"{SEED} {name}")
    share = -(-DEATHS // len(COMMANDS))
    finished = True
    for number in range(share):
        before, was = 0 if finished else command.counts(place.target), identity(place.target)
        if finished and (name in ("sweep", "lesson") or rng.random() < 0.5):  # else earlier results are replaced
            forget(place)
        sent = rng.choice([each for each in SIGNALS if each is not None])
        place.end_early(rng.uniform(0.0 if command.begun else 0.25, 1.0) * takes, sent)
        finished = place.ended[-1] == 0
        if place.target.exists():
            command.is_whole(place.target)
        done = finished or identity(place.target) not in (was, None)  # its results were there before the signal came
        assert done or command.counts(place.target) >= before
        if number % 3 == 2 or number == share - 1:
            place.run_to_the_end()
            finished = True
            assert folder_contents(place.target) == expected
            assert place.litter() == set()
    early = sum(code != 0 for code in place.ended)
    print(f"{name}: {len(place.ended)} signals, {early} of them before the end: {sorted(place.ended)}")


def identity(path: Path) -> int | None:
    """Number of a file or folder, which another one in its place does not have."""
    return path.stat().st_ino if path.exists() else None


def forget(place: Place) -> None:
    """Remove what was written, and what is kept of a finished lesson."""
    for path in (
        *(place.work / name for name in (place.command.target, *place.command.beside)),
        place.folder / "cache",
    ):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
