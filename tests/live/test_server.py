"""Requests that are allowed and refused, and how the command starts and ends: the whole command in its own process."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab.small import TEXT

from .served import INTERRUPTED, TOP, Live, command, serving

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small scenario."""
    made = tmp_path_factory.mktemp("live")
    (made / "small.toml").write_text(TEXT, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def live(folder: Path) -> Iterator[Live]:
    """The command, running."""
    with serving(folder, "small.toml", "--policy", "talk", "--policy", "drill", "--seed", "7") as running:
        yield running


def test_it_listens_on_this_machine_only(live: Live) -> None:
    listening = Path("/proc/net/tcp")
    if not listening.is_file():
        pytest.skip("needs /proc")
    end = f":{live.port:04X}"
    tables = [path.read_text() for path in (listening, Path("/proc/net/tcp6")) if path.is_file()]
    lines = [line.split() for table in tables for line in table.splitlines()]
    addresses = {words[1] for words in lines if words[1].endswith(end) and words[3] == "0A"}
    assert addresses == {f"0100007F{end}"}


@pytest.mark.parametrize("path", ["/", "/state", "/catalog", "/replay", "/live.js", "/nowhere"])
def test_other_hosts_and_origins_are_refused_everywhere(live: Live, path: str) -> None:
    strangers = [
        {"Host": "example.org"},
        {"Host": f"example.org:{live.port}"},
        {"Host": f"127.0.0.1.example.org:{live.port}"},
        {"Host": "127.0.0.1"},
        {"Host": ""},
        {"Origin": "https://example.org"},
        {"Origin": "null"},
        {"Origin": f"http://127.0.0.1:{live.port + 1}"},
        {"Origin": f"https://127.0.0.1:{live.port}"},
    ]
    for headers in strangers:
        status, content, answered = live.send("GET", path, headers=headers)
        assert status == 403, headers
        assert set(json.loads(content)) == {"faults"}
        assert not [name for name in answered if name.startswith("access-control")]
        assert live.send("POST", path, b"{}", headers)[0] == 403


def test_a_request_without_any_host_is_refused(live: Live) -> None:
    for text in (
        "GET / HTTP/1.0\r\n\r\n",
        f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{live.port}\r\nHost: example.org\r\n\r\n",
    ):
        with socket.create_connection(("127.0.0.1", live.port), timeout=30) as link:
            link.sendall(text.encode())
            assert b" 403 " in link.recv(100)


def test_the_page_may_ask_under_both_of_its_names(live: Live) -> None:
    for name in ("127.0.0.1", "localhost"):
        host = f"{name}:{live.port}"
        status, content, headers = live.send("GET", "/", headers={"Host": host, "Origin": f"http://{host}"})
        assert status == 200
        assert b"{{" not in content
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "access-control-allow-origin" not in headers


def test_changes_need_the_token_and_json(live: Live) -> None:
    before = live.look("/state")
    body = json.dumps({"generation": before["generation"], "weeks": 1}).encode()
    kind = {"Content-Type": "application/json"}
    assert live.send("POST", "/step", body, kind)[0] == 403
    assert live.send("POST", "/step", body, {**kind, "X-Centricity-Token": "ü" * 43})[0] == 403
    assert live.post("/step", weeks=1)[0] == 200
    token = {"X-Centricity-Token": live.token}
    assert live.send("POST", "/step", body, {**token, "Content-Type": "text/plain"})[0] == 404
    assert live.send("POST", "/nowhere", body, {**token, **kind})[0] == 404
    assert live.send("POST", "/step", b"[1]", {**token, **kind})[0] == 400
    assert live.send("POST", "/step", b"{", {**token, **kind})[0] == 400
    assert live.send("POST", "/step", b"[" * 60_000, {**token, **kind})[0] == 400
    assert live.send("POST", "/step", None, {**token, **kind, "Content-Length": "9" * 12})[0] == 413
    assert live.send("POST", "/step", None, {**token, **kind, "Content-Length": "-1"})[0] == 411
    assert live.send("OPTIONS", "/step")[0] == 501
    assert live.send("PUT", "/step", b"{}")[0] == 501
    assert live.look("/state")["week"] == before["week"] + 1


def test_a_window_that_is_behind_learns_before_it_changes_anything(live: Live) -> None:
    live.change("/reset")
    text = live.change("/step", weeks=3)
    stale = live.change("/step", weeks=5, generation=text["generation"] - 1, seen=1)
    assert stale["week"] == 3
    assert "setup" in stale
    assert live.post("/step", weeks=1, generation="x")[0] == 400


def test_faults_change_nothing_and_good_requests_do(live: Live) -> None:
    live.change("/reset")
    before = live.look("/state")
    status, answer = live.post("/setup", scenario="small.toml", policies=["talk", "x"], seed="1", set={"norm.x": "1"})
    assert status == 400
    assert len(answer["faults"]) == 2
    for weeks in (0, 521, "x", True, None, 1.5):
        assert live.post("/step", weeks=weeks)[0] == 400
    assert live.post("/reset", keep="yes")[0] == 400
    assert live.post("/event", kind="rain")[0] == 400
    assert live.look("/state") == before
    new = live.change(
        "/setup", scenario="small.toml", policies=["none", "drill"], seed="9007199254740993",
        set={"employees.turnover": " 0.2 ", "weeks": "12"},
    )  # fmt: skip
    assert new["setup"]["seed"] == "9007199254740993"
    assert new["setup"]["weeks"] == 12
    assert new["setup"]["changes"] == {"employees.turnover": "0.2", "weeks": "12"}
    assert live.change("/step", weeks=500)["over"]
    replay = live.look("/replay")
    assert tomllib.loads(replay["text"])["employees"]["turnover"] == 0.2
    assert replay["commands"][0] == (
        "centricity run small-live.toml --policy none --seed 9007199254740993 --out none.csv"
    )


def test_ctrl_c_ends_it_cleanly_and_saves(folder: Path) -> None:
    with serving(folder, "small.toml", "--policy", "talk", "--save", "kept.toml") as live:
        live.change("/step", weeks=4)
        live.change("/event", kind="market_shift")
        live.change("/step", weeks=2)
        live.change("/saved")
        printed, text, code = live.end()
    assert code == INTERRUPTED
    assert text == "Ended. `centricity live small.toml --policy talk --save kept.toml --port 0` begins anew.\n"
    assert "centricity run small-live.toml --policy talk --seed 1 --weeks 6 --out talk.csv" in printed
    assert "centricity run kept.toml --policy none --seed 1 --weeks 6 --out none.csv" in printed
    kept = tomllib.loads((folder / "kept.toml").read_text(encoding="utf-8"))
    assert [(event["kind"], event["week"]) for event in kept["events"]] == [("market_shift", 4), ("manager_exit", 20)]


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("name", ["SIGHUP", "SIGTERM"])
def test_a_closed_terminal_saves(folder: Path, name: str) -> None:
    with serving(folder, "small.toml", "--policy", "talk", "--save", "kept.toml") as live:
        live.change("/step", weeks=4)
        assert live.process.stdout is not None and live.process.stderr is not None
        live.process.stdout.close()
        live.process.stderr.close()
        live.process.send_signal(getattr(signal, name))
        live.process.wait(timeout=60)
    kept = (folder / "kept.toml").read_text(encoding="utf-8")
    assert "4 weeks lived through" in kept and "centricity run kept.toml" in kept


def refused(folder: Path, *words: str) -> str:
    """What a command that cannot begin says."""
    done = subprocess.run(
        command("live", *words), cwd=folder, capture_output=True, text=True, check=False, timeout=120,
        env={**os.environ, "PYTHONPATH": str(TOP)},
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert not done.stdout
    return done.stderr


def test_a_port_that_is_taken_gets_a_message(live: Live, folder: Path) -> None:
    message = f"--port {live.port} is taken by another program. Give another one, or --port 0 for any that is free.\n"
    assert refused(folder, "small.toml", "--port", str(live.port)) == message


def test_bad_arguments_get_their_messages_together(folder: Path) -> None:
    words = ["--policy", "talk"] * 3
    said = refused(
        folder, "small.toml", "--port", "70000", "--seed", "-1", "--save", "x.csv", "--set", "norm.x=1", *words
    )
    assert [line.split()[0] for line in said.splitlines()] == ["--port", "--save", "--seed", "--policy", "--set"]
