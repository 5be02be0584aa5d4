"""One test for every way in which a file cannot be read, with the message in full."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.model.scenario import Scenario, ScenarioError, load_policy, shipped_policies
from sim.model.scenario.loading import LARGEST

from .small import DEPARTMENTS, KNOWN, write

REMEDY = 'Write key = value, one a line, and text in "quotes".'
HERE = "there is no such file, and no such name among the scenarios that ship."


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that paths in the tests are relative to."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def fault(name_or_path: str | Path) -> str:
    """The one fault of a scenario file."""
    with pytest.raises(ScenarioError) as caught:
        Scenario.load(name_or_path, KNOWN)
    (message,) = caught.value.faults
    return message


CONTENT = {
    "not TOML": (
        b"weeks 3",
        f"line 1, column 7 must be TOML, got: expected '=' after a key in a key/value pair. {REMEDY}",
    ),
    "text without quotes": (
        b"weeks = 3\nname = bank",
        'line 2, column 8 must be TOML, got: invalid value. Write name = "bank".',
    ),
    "the end is missing": (b"weeks = [1,\n", f"line 1, column 12 must be TOML, got: invalid value. {REMEDY}"),
    "a key twice": (
        b"weeks = 3\nweeks = 4\n",
        "line 2, column 10 must be TOML, got: cannot overwrite a value. It is there twice: remove one of them.",
    ),
    "nested too deeply": (
        b"weeks = " + b"[" * 10_000,
        "the file must be TOML, got lists or tables nested too deeply. Flatten it.",
    ),
    "a key of many parts": (
        b"weeks = 3\na" + b".a" * 50_000 + b" = 1",
        "line 2 must have keys of at most 50 parts with dots between them, got a longer one. Split it.",
    ),
    "a key of many parts with line breaks in them that TOML takes for letters": (
        b"weeks = 3\nx = {" + '."\u2028"'.join(["a"] + [""] * 20_000).encode() + b" = 1}",
        "line 2 must have keys of at most 50 parts with dots between them, got a longer one. Split it.",
    ),
    "a key of many quoted parts": (
        b"weeks = 3\n" + b" . ".join([rb'"\\\"."', b"'.'"] * 10_000) + b" = 1",
        "line 2 must have keys of at most 50 parts with dots between them, got a longer one. Split it.",
    ),
    "a key a line": (
        b"".join(b"key%d = 1\n" % number for number in range(50_000)),
        "the file must have at most 1000 keys and tables at its top, got 50000. Is it the right file?",
    ),
    "an endless number": (
        b"weeks = " + b"9" * 10_000,
        "the file must be TOML, got a number that is too long. Shorten it.",
    ),
    "not UTF-8": (
        b'weeks = 3\nname = "Z\xfcrich"',
        "line 2 must be UTF-8 text, got the byte 0xfc. Save it as UTF-8.",
    ),
    "UTF-16": ("name = 'x'".encode("utf-16"), "line 1 must be UTF-8 text, got the byte 0xff. Save it as UTF-8."),
    "empty": (
        b"",
        "the file is empty. Start from a copy of one that ships; `centricity list scenarios` names them.",
    ),
    "only a comment": (
        b"# later\n",
        "the file is empty. Start from a copy of one that ships; `centricity list scenarios` names them.",
    ),
    "binary": (bytes(range(256)), "line 2 must be UTF-8 text, got the byte 0x80. Save it as UTF-8."),
}


@pytest.mark.parametrize(("content", "message"), CONTENT.values(), ids=CONTENT.keys())
def test_what_is_in_a_file_may_be_no_scenario(folder: Path, content: bytes, message: str) -> None:
    write(folder / "bank.toml", content)
    assert fault("bank.toml") == f"bank.toml: {message}"


def test_a_huge_file_is_refused_before_it_is_read(folder: Path) -> None:
    with (folder / "huge.toml").open("wb") as file:
        file.truncate(50_000_000)
    assert fault("huge.toml") == "huge.toml: the file must be at most 1 MB, got 50.0 MB. Is it the right file?"


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="a file without an end is needed")
def test_a_file_without_an_end_is_not_read_to_the_end() -> None:
    assert fault("/dev/zero").startswith("/dev/zero: this must be a file, got a device, a pipe or a socket.")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with a name are needed")
def test_nobody_waits_for_a_pipe_into_which_nobody_writes(folder: Path) -> None:
    os.mkfifo(folder / "pipe.toml")
    assert fault("pipe.toml").startswith("pipe.toml: this must be a file, got a device, a pipe or a socket.")


def test_a_file_as_large_as_allowed_is_read(folder: Path) -> None:
    write(folder / "large.toml", DEPARTMENTS.ljust(LARGEST, "\n"))
    assert Scenario.load("large.toml", KNOWN).name == "large"


def test_a_directory_is_no_file(folder: Path) -> None:
    (folder / "empty").mkdir()
    write(folder / "banks" / "b.toml", DEPARTMENTS)
    write(folder / "banks" / "a.toml", DEPARTMENTS)
    assert fault("empty") == "empty: this must be a file, got a directory. Name a TOML file."
    assert fault("banks") == "banks: this must be a file, got a directory. Name a file in it. Known: a.toml, b.toml."


def denied(path: Path, *args: Any, **options: Any) -> None:
    """What the system does about a file that may not be read."""
    raise PermissionError(13, "Permission denied", str(path))


def broken(path: Path, *args: Any, **options: Any) -> None:
    """What the system does about a file on a broken disk."""
    raise OSError(5, "Input/output error", str(path))


@pytest.mark.parametrize(
    ("trouble", "message"),
    [
        (denied, "bank.toml: the file must be readable, got permission denied. Change its permissions."),
        (broken, "bank.toml: the file must be readable, got: Input/output error. Check the path."),
    ],
)
def test_the_system_may_refuse(
    folder: Path, monkeypatch: pytest.MonkeyPatch, trouble: Callable[..., None], message: str
) -> None:
    write(folder / "bank.toml", DEPARTMENTS)
    monkeypatch.setattr(Path, "open", trouble)
    assert fault("bank.toml") == message


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is forbidden to the superuser")
def test_a_file_without_permission(folder: Path) -> None:
    path = write(folder / "bank.toml", DEPARTMENTS)
    path.chmod(stat.S_IWUSR)
    assert fault("bank.toml") == "bank.toml: the file must be readable, got permission denied. Change its permissions."


def test_a_missing_file_gets_a_suggestion(folder: Path, checkout: Path) -> None:
    write(checkout / "scenarios" / "retail-bank.toml", DEPARTMENTS)
    write(checkout / "scenarios" / "utility.toml", DEPARTMENTS)
    write(folder / "mine" / "my-bank.toml", DEPARTMENTS)
    assert fault("retial-bank") == f"retial-bank: {HERE} Did you mean retail-bank, which ships?"
    assert fault("xyz") == f"xyz: {HERE} Known: retail-bank, utility."
    assert fault("xyz.toml") == f"xyz.toml: {HERE} Known: retail-bank, utility."
    assert fault("no/retail_bank.toml") == f"no/retail_bank.toml: {HERE} Did you mean retail-bank, which ships?"
    nearby = str(Path("mine") / "my-bank.toml")
    assert fault("mine/my_bnk.toml") == f"mine/my_bnk.toml: {HERE} Did you mean {nearby}?"


@pytest.mark.parametrize("name", ["", "\0", "a\0b.toml", "x" * 5000, "x" * 5000 + ".toml", "a\nb", "\x1b[31m"])
def test_names_that_no_file_can_have(folder: Path, name: str) -> None:
    message = fault(name)
    assert f"{HERE} Give the path of a file." in message
    assert "\n" not in message and "\0" not in message and "\x1b" not in message


def test_a_link_to_nowhere(folder: Path) -> None:
    (folder / "link.toml").symlink_to(folder / "gone.toml")
    assert fault("link.toml") == "link.toml: the file must be readable, got: No such file or directory. Check the path."


def test_a_mark_before_the_first_character_and_line_ends_of_windows_do_no_harm(folder: Path) -> None:
    write(folder / "bank.toml", b"\xef\xbb\xbf" + ("weeks = 3\n" + DEPARTMENTS).replace("\n", "\r\n").encode())
    assert Scenario.load("bank.toml", KNOWN).weeks == 3


def test_what_ships_is_found_by_name_and_has_the_policies_that_ship(folder: Path, checkout: Path) -> None:
    write(checkout / "scenarios" / "retail-bank.toml", "weeks = 7" + DEPARTMENTS)
    write(checkout / "scenarios" / "policies" / "symbolic.toml", 'about = "Talk."\nspeeches = 1\nuntil = 104\n')
    write(checkout / "scenarios" / "policies" / "elsewhere.toml", 'speeches = 1\ndepartments = ["warehouse"]\n')
    write(folder / "retail-bank", "weeks = 8" + DEPARTMENTS)
    scenario = Scenario.load("retail-bank", KNOWN)
    assert (scenario.name, scenario.weeks) == ("retail-bank", 7)
    assert list(scenario.policies) == ["none", "symbolic"]
    assert scenario.policies["symbolic"].about == "Talk."
    assert scenario.default_policies == ("none", "symbolic")
    assert Scenario.load(Path("retail-bank"), KNOWN).weeks == 8
    with pytest.raises(ScenarioError, match=r'got "elsewhere"\. It needs departments called warehouse\.'):
        scenario.policy("elsewhere", KNOWN)


def test_a_policy_of_the_file_takes_precedence_over_one_that_ships(folder: Path, checkout: Path) -> None:
    write(checkout / "scenarios" / "policies" / "symbolic.toml", "speeches = 1")
    write(folder / "bank.toml", DEPARTMENTS + "[policies.symbolic]\nspeeches = 2")
    assert Scenario.load("bank.toml", KNOWN).policies["symbolic"].phases[0].amounts == {"speeches": 2.0}


def test_faults_of_policy_files_come_together_and_name_their_files(folder: Path, checkout: Path) -> None:
    write(checkout / "scenarios" / "policies" / "a.toml", "speechs = 1")
    write(checkout / "scenarios" / "policies" / "b.toml", "")
    write(checkout / "scenarios" / "policies" / "c.toml", "speeches")
    write(checkout / "scenarios" / "policies" / "none.toml", "speeches = 1")
    with pytest.raises(ScenarioError) as caught:
        shipped_policies(KNOWN)
    assert caught.value.faults == [
        "scenarios/policies/a.toml: speechs is not a resource. "
        "Did you mean speeches? (speeches per week, 0 to 5, default 0)",
        "scenarios/policies/b.toml: the file is empty. Write the amounts of resources; "
        "`centricity list resources` names them.",
        "scenarios/policies/c.toml: line 1, column 9 must be TOML, got: expected '=' after a key in a "
        f"key/value pair. {REMEDY}",
        "scenarios/policies/none.toml: the policy cannot be defined: none always means no resources. Choose "
        "another name.",
    ]


def test_a_policy_can_be_a_file_of_the_user(folder: Path) -> None:
    write(folder / "mine.toml", "speeches = 1\ndepartments = ['branches']")
    write(folder / "other.toml", "speeches = 1\ndepartments = ['warehouse']")
    write(folder / "bank.toml", DEPARTMENTS)
    assert load_policy("mine.toml", KNOWN).name == "mine"
    scenario = Scenario.load("bank.toml", KNOWN)
    assert scenario.policy("mine.toml", KNOWN) == load_policy(Path("mine.toml"), KNOWN)
    with pytest.raises(ScenarioError) as caught:
        scenario.policy("other.toml", KNOWN)
    unknown = 'other.toml: departments[0] must be a department of the scenario, got "warehouse". Known: branches, back office.'
    assert caught.value.faults == [unknown]
    write(folder / "other.toml", "speeches = -1\ndepartments = ['warehouse']")
    with pytest.raises(ScenarioError) as caught:
        scenario.policy("other.toml", KNOWN)
    assert unknown in caught.value.faults
    assert len(caught.value.faults) == 2
    with pytest.raises(ScenarioError, match=r"among the policies that ship"):
        scenario.policy("gone.toml", KNOWN)
