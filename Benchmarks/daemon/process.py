"""One daemon with its own directories and its own tmux server, or terminals of its own."""

from __future__ import annotations

import json
import select
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from daemon.client import Client
from floors import tmux_server
from host import processes
from host.scratch import Scratch
from terminals import built_in

START_LIMIT_SECONDS = 30
END_SECONDS = 3
LOG_LINES_SHOWN = 15
SLEEPER = "sleeper"


@dataclass(frozen=True)
class Options:
    """What measurements vary in the configuration; everything else keeps the daemon's defaults."""

    max_parallel: int = 200
    tmux_binary: str = "tmux"
    wrapper: str = "tmux"
    """Where sessions are: `tmux`, or `reeve` for terminals of its own."""
    agents: dict[str, list[str]] = field(default_factory=dict)
    """Further agent kinds: name to start command."""


class Daemon:
    """A context manager: runs from entering to leaving, and leaves no process behind."""

    def __init__(self, binaries: Path, scratch: Scratch, options: Options):
        self._scratch = scratch
        self.tmux_server = scratch.unique("t")
        self._wrapper = options.wrapper
        self.runtime = scratch.short_directory("r")
        self.state = scratch.disk_directory("s")
        self.socket = self.runtime / "control.sock"
        self._log = self.state.with_suffix(".log")
        self._process: subprocess.Popen | None = None
        configuration_file = self.state.with_suffix(".toml")
        configuration_file.write_text(_configuration(options, self.tmux_server, _sleeper(scratch)))
        self._command = [str(binaries / "reeved"), "--runtime-dir", str(self.runtime), "--state-dir", str(self.state),
                         "--config", str(configuration_file)]

    @property
    def pid(self) -> int:
        """Of the running daemon."""
        return self._process.pid

    def __enter__(self) -> Daemon:
        try:
            self.start()
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise
        return self

    def __exit__(self, kind: type | None, *_: object) -> None:
        if self._process is not None:
            processes.stop(self._process)
        tmux_server.kill_server(self.tmux_server, self._scratch)
        if self._wrapper == "reeve":
            built_in.end(self.runtime)
        self._sweep()
        if kind is not None and self._log.exists():
            for line in self._log.read_text(errors="replace").splitlines()[-LOG_LINES_SHOWN:]:
                print(f"    reeved: {line}", file=sys.stderr)

    def start(self) -> float:
        """Starts the daemon; seconds from just before the exec until READY=1 arrived."""
        address = self.runtime / "notify.sock"
        address.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notifications, self._log.open("ab") as log:
            notifications.bind(str(address))
            started = time.monotonic()
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=self._scratch.environment(NOTIFY_SOCKET=str(address), RUN_OF_BENCH=str(self.runtime)))
            self._wait_until_ready(notifications, started + START_LIMIT_SECONDS)
            return time.monotonic() - started

    def kill(self) -> None:
        """SIGKILL, as a crash would; its tmux server, keepers and agents stay."""
        self._process.kill()
        self._process.wait()

    def client(self) -> Client:
        """A new connection."""
        return Client(self.socket)

    def _wait_until_ready(self, notifications: socket.socket, deadline: float) -> None:
        while time.monotonic() < deadline:
            if select.select([notifications], [], [], 0.1)[0]:
                if b"READY=1" in notifications.recv(4096).split(b"\n"):
                    return
            elif self._process.poll() is not None:
                raise processes.ProcessFailed(f"reeved ended with {self._process.returncode} while starting")
        raise processes.ProcessFailed(f"reeved was not ready within {START_LIMIT_SECONDS} s")

    def _sweep(self) -> None:
        """Keepers and agents die with their terminals; whoever did not is ended here, and told of."""
        left = processes.wait_or_kill([str(self.runtime), str(self.state), self.tmux_server], END_SECONDS)
        if left:
            print(f"    left behind by reeved and killed: {', '.join(sorted(set(left)))} ({len(left)})", file=sys.stderr)


def _sleeper(scratch: Scratch) -> list[str]:
    """An agent that starts at once and sleeps, by a path that marks it as this run's."""
    link = scratch.short / "sleep"
    if not link.exists():
        link.symlink_to("/bin/sleep")
    return [str(link), "100000"]


def _configuration(options: Options, tmux_server: str, sleeper: list[str]) -> str:
    """The TOML text. JSON's strings and arrays are TOML's, as long as they are ASCII."""
    lines = [
        "[queue]",
        f"max_parallel = {options.max_parallel}",
        f"default_agent = {json.dumps(SLEEPER)}",
        "[sessions]",
        f"wrapper = {json.dumps(options.wrapper)}",
        'linger = "1s"',
        "[sessions.tmux]",
        f"binary_path = {json.dumps(options.tmux_binary)}",
        f"socket_name = {json.dumps(tmux_server)}",
    ]
    for name, start in {SLEEPER: sleeper, **options.agents}.items():
        lines += [f"[agents.{name}]", f"start = {json.dumps(start)}", 'prompt = "none"']
    return "\n".join(lines) + "\n"
