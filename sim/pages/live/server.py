"""The server: a page and a few kinds of answers, for a browser on this machine only.

**Why the standard library's** ``http.server``. Its task is small and bounded: one reader, a page of a few files, a few
kinds of answers in JSON of some kilobytes; no uploads, no streams, no sockets kept open for pushing. What matters is which
requests are accepted. It listens on the loopback address only, and all checks below are in one file that can be read in
five minutes. A framework (Starlette on uvicorn) was considered. It would add five packages to install and keep, an event
loop that the computing model would block anyway, and its own signal handlers between Ctrl-C and the exit code. The checks
below would still have to be written. Python's warning that ``http.server`` is not for production is about the open
network, where this server does not listen.

What is refused, and why:

- Any ``Host`` but this machine's. Otherwise a page elsewhere could point its own name at 127.0.0.1 and read the answers.
- Any ``Origin`` but this server's own, ``null`` included. No header permits another one (no CORS).
- A change without the token, which only the page has, and a change that is not JSON.
- A body that is too large, that has no length, or that comes in pieces.
"""

from __future__ import annotations

import json
import secrets
import socketserver
import sys
import traceback
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from typing import Any

from sim.model.scenario import ScenarioError
from sim.pages.live.catalog import catalog
from sim.pages.live.replay import commands, file_name, scenario_text
from sim.pages.live.requests import Offers, read_event, read_setup, read_weeks
from sim.pages.live.session import Session, SessionSetup
from sim.pages.shared import palette

ADDRESS = "127.0.0.1"
TOKEN_HEADER = "X-Centricity-Token"
LARGEST_BODY = 64 * 1024
_PAGE = Path(__file__).parent / "page"
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

Answer = tuple[HTTPStatus, dict[str, Any]]


class LiveServer(ThreadingHTTPServer):
    """Holds the session and answers one request at a time.

    Args:
        setup: The first session.
        port: Where to listen; 0 lets the system choose.
        write_line: Called with lines for the terminal.
        debug: Whether to show the traceback of a fault of the program.

    Raises:
        OSError: If the port cannot be used.
    """

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = sys.platform != "win32"  # there it would share a port that is in use
    allow_reuse_port = False

    def __init__(
        self, setup: SessionSetup, port: int, write_line: Callable[[str], None] = lambda line: None, debug: bool = False
    ) -> None:
        super().__init__((ADDRESS, port), _Handler)
        self.write_line, self.debug = write_line, debug
        self.token = secrets.token_urlsafe(32)
        self.lock = Lock()
        self.offers = Offers(setup)
        self.session = Session(setup)
        self.files = {f"/{path.name}": path.read_bytes() for path in _PAGE.iterdir() if path.suffix in _TYPES}
        self.files["/palette.css"] = palette().encode()
        self.files["/"] = self.files.pop("/index.html").replace(b"{{ token }}", self.token.encode())

    def server_bind(self) -> None:
        """Bind without looking up this machine's name on the network."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = ADDRESS, int(self.server_address[1])

    @property
    def url(self) -> str:
        """Address of the page."""
        return f"http://{ADDRESS}:{self.server_port}/"

    @property
    def hosts(self) -> set[str]:
        """Names that a browser on this machine uses for this server."""
        names = (ADDRESS, "localhost")
        return {f"{name}:{self.server_port}" for name in names} | (set(names) if self.server_port == 80 else set())

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Report errors, but not those of a browser that hangs up."""
        del request, client_address
        if self.debug:
            traceback.print_exc()

    def change(self, path: str, body: dict[str, Any]) -> Answer:
        """Carry out the request of a page and return what is new to the page."""
        session = self.session
        generation, seen = body.get("generation", -1), body.get("seen", 0)
        current = generation == session.generation
        if not isinstance(generation, int) or not isinstance(seen, int):
            raise ScenarioError(["generation and seen must be whole numbers. Load the page again."])
        if path == "/setup":
            self.session = Session(read_setup(body, self.offers))
            return HTTPStatus.OK, self.session.since(-1, 0)
        if not current:  # another window has started a new run; this page is updated before it changes anything
            return HTTPStatus.OK, session.since(-1, 0)
        if path == "/step":
            session.step(read_weeks(body))
        elif path == "/event":
            session.add_event(read_event(body, session))
        else:
            keep = body.get("keep", False)
            if not isinstance(keep, bool):
                raise ScenarioError(["keep must be true or false. Leave it out for false."])
            session.reset(keep)
        return HTTPStatus.OK, session.since(generation, seen)

    def replay(self) -> dict[str, Any]:
        """How to run the session again."""
        name = file_name(self.session)
        return {"file": name, "commands": commands(self.session, name), "text": scenario_text(self.session)}


CHANGES = ("/setup", "/step", "/event", "/reset")


class _Handler(BaseHTTPRequestHandler):
    """Answers the requests of one connection."""

    server: LiveServer
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "centricity", ""
    timeout = 120.0
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answer with the page, the catalog, or the state of the session."""
        if not self._admitted():
            return
        if self.headers.get("Content-Length", "0") != "0" or "Transfer-Encoding" in self.headers:
            self.close_connection = True  # what follows is not a request
        server, path = self.server, self.path.partition("?")[0]
        if path in server.files:
            self._send(HTTPStatus.OK, server.files[path], _TYPES[Path(path).suffix or ".html"])
            return
        with server.lock:
            if path == "/catalog":
                answer = {**catalog(), "scenarios": server.offers.describe_setup}
            elif path == "/state":
                answer = server.session.since(-1, 0)
            elif path == "/replay":
                answer = server.replay()
            else:
                self._refuse(HTTPStatus.NOT_FOUND, f"{path} is not here. The page is at {server.url}")
                return
        self._send_json(HTTPStatus.OK, answer)

    def do_POST(self) -> None:
        """A change."""
        if not self._admitted():
            return
        raw = self._body()
        if raw is None:
            return
        server = self.server
        token = self.headers.get(TOKEN_HEADER, "").encode("utf-8", "replace")
        if not secrets.compare_digest(token, server.token.encode()):
            self._refuse(HTTPStatus.FORBIDDEN, "This page is not from this server, or an old one. Load it again.")
            return
        if self.headers.get_content_type() != "application/json" or self.path not in (*CHANGES, "/saved"):
            self._refuse(HTTPStatus.NOT_FOUND, f"Nothing can be changed at {self.path} in this way.")
            return
        try:
            body = json.loads(raw)
        except (ValueError, RecursionError):
            body = None
        if not isinstance(body, dict):
            self._refuse(HTTPStatus.BAD_REQUEST, "The request must be a table in JSON. Load the page again.")
            return
        with server.lock:
            status, answer = self._change(body)
        self._send_json(status, answer)

    def _change(self, body: dict[str, Any]) -> Answer:
        """The result of a request: faults in words, and a fault of the program in one line."""
        server = self.server
        try:
            if self.path == "/saved":
                for line in ("The session was saved; the same weeks again:", *server.replay()["commands"]):
                    server.write_line(line)
                return HTTPStatus.OK, {}
            return server.change(self.path, body)
        except ScenarioError as error:
            return HTTPStatus.BAD_REQUEST, {"faults": error.faults}
        except Exception as error:
            if server.debug:
                traceback.print_exc()
            said = " ".join(f"{type(error).__name__}: {error}".split())
            return HTTPStatus.INTERNAL_SERVER_ERROR, {
                "faults": [f"This failed by a fault of the program ({said}). Reset, or set up another run."]
            }

    def _admitted(self) -> bool:
        """Whether the request comes from a page of this server, or from its address bar."""
        hosts, origins = self.headers.get_all("Host", []), self.headers.get_all("Origin", [])
        if len(hosts) != 1 or hosts[0].strip().lower() not in self.server.hosts:
            self._refuse(HTTPStatus.FORBIDDEN, f"This is not the server that was meant. It is at {self.server.url}")
            return False
        if any(origin.strip().lower() not in {f"http://{host}" for host in self.server.hosts} for origin in origins):
            self._refuse(HTTPStatus.FORBIDDEN, "Pages of other sites may not ask this server anything.")
            return False
        return True

    def _body(self) -> bytes | None:
        """The body of the request; ``None`` after refusing it."""
        length = self.headers.get("Content-Length", "")
        if "Transfer-Encoding" in self.headers or not length.isdecimal():
            self._refuse(HTTPStatus.LENGTH_REQUIRED, "The length of the request is missing.")
        elif len(length) > 9 or int(length) > LARGEST_BODY:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The request must be at most {LARGEST_BODY} bytes.")
        else:
            return self.rfile.read(int(length))
        return None

    def _refuse(self, status: HTTPStatus, text: str) -> None:
        """Refuse the request and close the connection."""
        self.close_connection = True
        self._send_json(status, {"faults": [text]})

    def _send_json(self, status: HTTPStatus, answer: dict[str, Any]) -> None:
        text = json.dumps(answer, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        self._send(status, text.encode(), "application/json")

    def _send(self, status: HTTPStatus, content: bytes, kind: str) -> None:
        self.send_response(status)
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer errors of the protocol in the form of all other answers."""
        del explain
        status = HTTPStatus(code)
        if not hasattr(self, "request_version") or self.request_version == "HTTP/0.9":
            self.request_version = "HTTP/1.1"
        self._refuse(status, message or status.phrase)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Log nothing: the terminal is not for single requests."""
