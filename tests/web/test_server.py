"""How gunicorn runs the application: what processes share, and clients that do not finish what they send."""

from __future__ import annotations

import gc
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from planner import settings
from planner.serving import _web
from web import server

HALF = b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 10\r\n\r\n"
"""A request of whose body nothing was sent yet."""

PROGRAM = """
import sys
from gunicorn.app.wsgiapp import run
from web import server

def app(environ, start_response):
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]

server.CUT_OFF_S = float(sys.argv[1])
address = "fd://" + sys.argv[2]
sys.argv[1:] = ["__main__:app", "--config", "python:web.server", "--workers", "1", "--bind", address]
run()
"""


@contextmanager
def serving(cut_off_s: float) -> Iterator[int]:
    """The port of one process as `planner serve` starts them, with an application that echoes."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        number = door.fileno()
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(cut_off_s), str(number)],
            pass_fds=[number],
            stderr=subprocess.DEVNULL,
        )
        try:
            yield door.getsockname()[1]
        finally:
            process.terminate()
            process.wait(60)


def call(port: int, *parts: bytes) -> socket.socket:
    """A connection over which something was sent."""
    line = socket.create_connection(("127.0.0.1", port), timeout=60)
    for part in parts:
        line.sendall(part)
    return line


def test_what_processes_share_is_kept_from_the_collector() -> None:
    """Thousands of objects were there before; the collector walks none of them in the middle of a page."""
    before = gc.get_freeze_count()
    try:
        server.when_ready(object())
        assert gc.get_freeze_count() > before + 10_000
        assert len(gc.get_objects()) < 1_000
    finally:
        gc.unfreeze()


def test_the_server_is_told_of_it() -> None:
    """The command names the file by its module."""
    command = _web(settings.read())
    assert command[command.index("--config") + 1] == f"python:{server.__name__}"


@pytest.mark.parametrize("sent", [b"GET / HT", HALF], ids=["half a line", "no body"])
def test_slow_clients_do_not_stop_the_others(sent: bytes) -> None:
    """Five connections stay unfinished; a sixth is answered while all of them are still open."""
    with serving(cut_off_s=1_000) as port, ExitStack() as lines:
        slow = [lines.enter_context(call(port, sent)) for _ in range(5)]
        quick = lines.enter_context(call(port, HALF, b"0123456789"))
        assert quick.recv(1000).startswith(b"HTTP/1.1 200")
        for line in slow:
            line.setblocking(False)
            with pytest.raises(BlockingIOError):
                line.recv(1)


def test_who_never_finishes_is_cut_off() -> None:
    """The line goes dead while its client still has the rest to send; it would hold a thread for ever."""
    with serving(cut_off_s=0.2) as port, call(port, b"GET / HT") as slow:
        assert slow.recv(1000) == b""
