"""supervisord on a Unix socket, asked over kept-alive connections by a client that costs it nothing."""

from __future__ import annotations

import contextlib
import selectors
import shutil
import socket
import subprocess
import time
import xmlrpc.client

from host import processes
from host.scratch import Scratch

ANSWER_LIMIT_SECONDS = 30
CONFIGURATION = """\
[unix_http_server]
file = {directory}/supervisor.sock
[supervisord]
nodaemon = true
silent = true
directory = {directory}
logfile = {directory}/supervisord.log
pidfile = {directory}/supervisord.pid
childlogdir = {directory}
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl = unix://{directory}/supervisor.sock
[program:sleeper]
command = sleep 100000
startsecs = 0
"""


def installed() -> bool:
    """Whether both programs are there."""
    return all(shutil.which(program) for program in ("supervisord", "supervisorctl"))


class Supervisor:
    """A supervisord with one program; a context manager."""

    def __init__(self, scratch: Scratch):
        directory = scratch.short_directory("sv")
        self._socket = directory / "supervisor.sock"
        self._configuration = directory / "supervisord.conf"
        self._configuration.write_text(CONFIGURATION.format(directory=directory))
        self._environment = scratch.environment()

    def __enter__(self) -> Supervisor:
        self._process = subprocess.Popen(
            ["supervisord", "-c", str(self._configuration)], env=self._environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        processes.wait_for("supervisord", lambda: processes.accepts(self._socket))
        return self

    def __exit__(self, *_: object) -> None:
        processes.stop(self._process)

    def status_command_seconds(self) -> float:
        """The whole process `supervisorctl status`."""
        return processes.run_seconds(["supervisorctl", "-c", str(self._configuration), "status"], self._environment)

    def versions_per_second(self, requests: int, connections: int) -> float:
        """getSupervisorVersion on kept-alive connections, one request at a time on each."""
        request, answer_length = self._request(), self._answer_length()
        with contextlib.ExitStack() as open_things:
            selector = open_things.enter_context(selectors.DefaultSelector())
            missing = {open_things.enter_context(self._connect()): answer_length for _ in range(connections)}
            started, sent, answered = time.monotonic(), connections, 0
            for connection in missing:
                selector.register(connection, selectors.EVENT_READ)
                connection.sendall(request)
            while answered < sent:
                for key, _ in selector.select(ANSWER_LIMIT_SECONDS):
                    connection = key.fileobj
                    if not (received := connection.recv(65536)):
                        raise ConnectionError("supervisord closed a connection")
                    missing[connection] -= len(received)
                    if missing[connection] == 0:
                        answered += 1
                        if sent < requests:
                            missing[connection] = answer_length
                            connection.sendall(request)
                            sent += 1
            return answered / (time.monotonic() - started)

    def _connect(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(str(self._socket))
        connection.settimeout(ANSWER_LIMIT_SECONDS)
        return connection

    def _answer_length(self) -> int:
        """All answers to the same question are equally long."""
        with self._connect() as connection:
            connection.sendall(self._request())
            head = connection.recv(65536).partition(b"\r\n\r\n")[0]
            fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
            return len(head) + 4 + int(fields[b"content-length"])

    @staticmethod
    def _request() -> bytes:
        body = xmlrpc.client.dumps((), "supervisor.getSupervisorVersion").encode()
        return (b"POST /RPC2 HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\n"
                b"Content-Length: %d\r\n\r\n" % len(body)) + body
