"""Facts about the machine and its programs that belong beside the figures: no names, no paths."""

from __future__ import annotations

import os
import platform
import re
import shutil
import sqlite3
import subprocess
from pathlib import Path

VERSION_COMMANDS = {
    "tmux": ["tmux", "-V"],
    "redis": ["redis-server", "--version"],
    "supervisor": ["supervisord", "--version"],
    "C compiler": ["cc", "-dumpfullversion"],
    "Swift": ["swiftc", "--version"],
}


def facts(disk: Path, reeve_version: str) -> dict[str, str]:
    """Everything the report says about the machine, ready to print."""
    return {
        "cores": f"{len(os.sched_getaffinity(0))} ({_cpu_model()})",
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "kernel": f"{platform.system()} {platform.release()}",
        "state directory on": _filesystem(disk),
        "reeve": reeve_version,
        **{name: _version(command) for name, command in VERSION_COMMANDS.items()},
        "SQLite": sqlite3.sqlite_version,
        "Python": platform.python_version(),
    }


def _cpu_model() -> str:
    match = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return match[1].strip() if match else platform.machine()


def _filesystem(directory: Path) -> str:
    """The type of the file system that holds a directory: the longest mount point that is its prefix."""
    mounts = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    holding = [mount for mount in mounts if directory.is_relative_to(mount[1])]
    return max(holding, key=lambda mount: len(mount[1]))[2]


def _version(command: list[str]) -> str:
    """The first dotted number that a program prints about itself."""
    if shutil.which(command[0]) is None:
        return "not installed"
    printed = subprocess.run(command, capture_output=True, text=True, timeout=30).stdout
    match = re.search(r"\d+(\.\d+)+[a-z]?", printed)
    return match[0] if match else "unknown"
