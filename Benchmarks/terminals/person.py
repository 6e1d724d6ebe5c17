"""Somebody who looks: a command in a terminal of a person's own."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import struct
import termios
import time
from collections.abc import Callable

from host.processes import ProcessFailed

LIMIT_SECONDS = 20
DETACH = b"\x1c"


def seconds_until_shown(command: list[str], environment: dict[str, str], columns: int, rows: int, shown: Callable[[bytes], bool]) -> float:
    """Seconds from starting a command until what it has written satisfies `shown`; then it is left with the detach key."""
    ours, theirs = os.openpty()
    try:
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        actions = [(os.POSIX_SPAWN_DUP2, theirs, descriptor) for descriptor in (0, 1, 2)]
        started = time.monotonic()
        pid = os.posix_spawn(command[0], command, environment, file_actions=actions, setsid=True)
        os.close(theirs)
        written = _read_until(ours, shown, started + LIMIT_SECONDS)
        seconds = time.monotonic() - started
        os.write(ours, DETACH)
        _read_to_the_end(ours, time.monotonic() + LIMIT_SECONDS)
    finally:
        os.close(ours)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if not shown(written) or code != 0:
        raise ProcessFailed(f"{os.path.basename(command[0])} ended with {code} after {len(written)} bytes")
    return seconds


def _read_until(descriptor: int, shown: Callable[[bytes], bool], deadline: float) -> bytes:
    """All that is written until then; less if the writer goes or the time is over."""
    written = b""
    while not shown(written) and (chunk := _chunk(descriptor, deadline)):
        written += chunk
    return written


def _read_to_the_end(descriptor: int, deadline: float) -> None:
    while _chunk(descriptor, deadline):
        pass


def _chunk(descriptor: int, deadline: float) -> bytes:
    """Nothing when the other side is closed, or not in time."""
    if select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))[0]:
        with contextlib.suppress(OSError):
            return os.read(descriptor, 1 << 17)
    return b""
