"""What /proc knows of a process, and starting, pinning and ending our own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
MEBIBYTE = 1024 * 1024


class ProcessFailed(Exception):
    """A process ended badly, or did not do in time what it should."""


@dataclass(frozen=True)
class Memory:
    """Resident bytes, all of them and the anonymous part."""

    resident: int
    anonymous: int


def memory(pid: int) -> Memory:
    """Reads /proc/PID/status."""
    fields = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    kibibytes = {name: int(fields[name].split()[0]) for name in ("VmRSS", "RssAnon")}
    return Memory(kibibytes["VmRSS"] * 1024, kibibytes["RssAnon"] * 1024)


def cpu_seconds(pid: int) -> float:
    """User and system time of all threads, from /proc/PID/stat."""
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / TICKS_PER_SECOND


def pin(pid: int, cpu: int) -> None:
    """Confines every thread that a process has, and so every thread these will start, to one CPU."""
    for thread in os.listdir(f"/proc/{pid}/task"):
        os.sched_setaffinity(int(thread), {cpu})


def wait_for(what: str, condition: Callable[[], bool], seconds: float = 10.0, pause: float = 0.002) -> None:
    """Waits until `condition()` is true; `ProcessFailed` says for what we waited in vain."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise ProcessFailed(f"{what}: not within {seconds:g} s")
        time.sleep(pause)


def accepts(path: Path) -> bool:
    """Whether somebody listens on a Unix socket."""
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


def stop(process: subprocess.Popen, seconds: float = 10.0) -> None:
    """SIGTERM, then SIGKILL; the process is reaped afterwards."""
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def run_seconds(arguments: list[str], environment: dict[str, str]) -> float:
    """Seconds from starting a command (posix_spawn, output to /dev/null) until it was reaped."""
    quiet = [(os.POSIX_SPAWN_OPEN, descriptor, os.devnull, os.O_RDWR, 0) for descriptor in (0, 1, 2)]
    started = time.monotonic()
    pid = os.posix_spawnp(arguments[0], arguments, environment, file_actions=quiet)
    status = os.waitpid(pid, 0)[1]
    seconds = time.monotonic() - started
    if (code := os.waitstatus_to_exitcode(status)) != 0:
        raise ProcessFailed(f"{Path(arguments[0]).name} ended with {code}")
    return seconds


def mentioning(texts: list[str]) -> list[int]:
    """Processes, but for this one, that have one of the texts in their arguments or environment."""
    needles = [text.encode() for text in texts]

    def mentions(pid: int) -> bool:
        try:
            content = Path(f"/proc/{pid}/cmdline").read_bytes() + Path(f"/proc/{pid}/environ").read_bytes()
        except OSError:
            return False
        return any(needle in content for needle in needles)

    return [pid for name in os.listdir("/proc") if name.isdigit() and (pid := int(name)) != os.getpid() and mentions(pid)]


def arguments(pid: int) -> list[bytes]:
    """The arguments of a process; none if it has gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return []


def wait_or_kill(texts: list[str], seconds: float) -> list[str]:
    """Waits until no process mentions one of the texts; kills those that still do and names them."""
    try:
        wait_for("the end of processes", lambda: not mentioning(texts), seconds, pause=0.05)
        return []
    except ProcessFailed:
        return kill_all(mentioning(texts))


def kill_all(pids: list[int]) -> list[str]:
    """SIGKILL to each; the names of those that were still there."""
    killed = []
    for pid in pids:
        try:
            name = Path(f"/proc/{pid}/comm").read_text().strip()
            os.kill(pid, signal.SIGKILL)
        except OSError:
            continue
        killed.append(name)
    return killed
