"""Compiles the small programs of the suite into the scratch directory."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

SUITE = Path(__file__).resolve().parent.parent
PROJECT = SUITE.parent


class CompilationFailed(Exception):
    """A program of the suite does not compile; the compiler's words."""


class Compiler:
    """Each source is compiled once per run, when it is first asked for."""

    def __init__(self, output: Path, environment: dict[str, str]):
        self._output = output
        self._environment = environment

    def c_program(self, source: str) -> Path:
        """A C source by its path inside the suite, with every warning an error."""
        return self._compile(source, ["cc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror"])

    def swift_program(self, source: str) -> Path | None:
        """A Swift source linked statically; nothing where there is no Swift compiler."""
        if shutil.which("swiftc") is None:
            return None
        return self._compile(source, ["swiftc", "-O", "-static-stdlib"])

    def swift_program_with(self, source: str, *patterns: str) -> Path | None:
        """A Swift source with an `@main` and sources of the project as one module, optimised as a release build is; nothing where there is
        no Swift compiler. Patterns are those of `glob`, from the project's directory."""
        if shutil.which("swiftc") is None:
            return None
        others = [str(file) for pattern in patterns for file in sorted(PROJECT.glob(pattern))]
        return self._compile(source, ["swiftc", "-O", "-wmo", "-static-stdlib", "-swift-version", "6", "-parse-as-library",
                                      "-package-name", "reeve", "-module-name", "Bench", *others])

    def _compile(self, source: str, command: list[str]) -> Path:
        program = self._output / Path(source).stem
        if not program.exists():
            result = subprocess.run(
                [*command, "-o", str(program), str(SUITE / source)],
                cwd=self._output, env=self._environment, capture_output=True, text=True, timeout=300,
            )
            if result.returncode != 0:
                raise CompilationFailed(f"{source}: {result.stderr.strip() or result.stdout.strip()}")
        return program
