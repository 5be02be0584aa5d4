"""The whole command in a process of its own, and a browser's way of asking it."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TOP = Path(__file__).parents[2]
INTERRUPTED = 130


@dataclass
class Live:
    """A running ``centricity live``."""

    process: subprocess.Popen[str]
    port: int
    token: str = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def send(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes, dict[str, str]]:
        """Status, content and headers of an answer; ``headers`` replace those that a browser would send."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        given = {"Host": f"127.0.0.1:{self.port}", **(headers or {})}
        connection.putrequest(method, path, skip_host=True)
        for name, value in given.items():
            connection.putheader(name, value)
        if body is not None and "Content-Length" not in given:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, content, {name.lower(): value for name, value in answer.getheaders()}

    def look(self, path: str) -> Any:
        status, content, _ = self.send("GET", path)
        assert status == 200, content
        return json.loads(content)

    def post(self, path: str, **body: Any) -> tuple[int, Any]:
        """Change something, as the page does."""
        if not self.token:
            page = self.send("GET", "/")[1].decode()
            found = re.search(r'name="token" content="([^"]+)"', page)
            assert found is not None
            self.token = found[1]
        if path != "/setup" and "generation" not in body:
            body = {"generation": self.look("/state")["generation"], **body}
        headers = {"Content-Type": "application/json", "X-Centricity-Token": self.token}
        status, content, _ = self.send("POST", path, json.dumps(body).encode(), headers)
        return status, json.loads(content)

    def change(self, path: str, **body: Any) -> Any:
        status, answer = self.post(path, **body)
        assert status == 200, answer
        return answer

    def end(self) -> tuple[str, str, int]:
        """Ctrl-C: what it printed to both streams, and its exit code."""
        self.process.send_signal(signal.SIGINT)
        printed, text = self.process.communicate(timeout=60)
        return printed, text, self.process.returncode


def command(*words: str) -> list[str]:
    """The command as Python runs it; the process that started the tests may ignore Ctrl-C."""
    code = (
        "import signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "if hasattr(signal, 'SIGHUP'):\n"  # the process that started the tests may ignore it
        "    signal.signal(signal.SIGHUP, signal.SIG_DFL)\n"
        f"sys.argv = {['centricity', *words]}\n"
        "from sim.commands.cli import main\n"
        "main()\n"
    )
    return [sys.executable, "-c", code]


@contextmanager
def serving(folder: Path, *words: str) -> Iterator[Live]:
    """``centricity live`` with these arguments on a free port, in a folder."""
    process = subprocess.Popen(
        command("live", *words, "--port", "0"),
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(TOP)},
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    address = re.search(r"http://127\.0\.0\.1:(\d+)/", line)
    if address is None:
        process.kill()
        raise AssertionError((line, process.communicate()))
    try:
        yield Live(process, int(address[1]))
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
