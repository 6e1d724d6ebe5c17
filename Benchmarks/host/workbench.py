"""What a measurement works with: the programs, the directories, the plan and a way to start daemons."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from daemon.process import Daemon, Options
from floors.line_server import LineServer
from host.compiler import Compiler
from host.scratch import Scratch
from load.generator import Generator
from rounds.plan import Plan


@dataclass(frozen=True)
class Workbench:
    """One per run, handed to every measurement."""

    binaries: Path
    scratch: Scratch
    plan: Plan
    compiler: Compiler

    @property
    def generator(self) -> Generator:
        """The load generator."""
        return Generator(self.compiler.c_program("load/generator.c"), self.scratch.environment())

    def daemon(self, options: Options = Options()) -> Daemon:
        """A daemon with directories and a tmux server of its own; starts on entering the context."""
        return Daemon(self.binaries, self.scratch, options)

    def line_server(self) -> LineServer:
        """The C floor; starts on entering the context."""
        return LineServer(self.compiler.c_program("floors/line_server.c"), self.scratch)
