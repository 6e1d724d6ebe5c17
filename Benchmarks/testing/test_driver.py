"""The whole driver against the stand-in daemon: every row runs to its end and nothing stays behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SUITE = Path(__file__).resolve().parent.parent
FAKE_REEVE = """#!{python}
import json, os, socket, sys
request = {{"jsonrpc": "2.0", "id": 1, "method": "system.status"}}
if sys.argv[1] == "attach":
    request |= {{"method": "agent.attach", "params": {{"ticket": sys.argv[2]}}}}
with socket.socket(socket.AF_UNIX) as daemon:
    daemon.connect(os.environ["REEVE_SOCKET"])
    daemon.sendall(json.dumps(request).encode() + b"\\n")
    answer = json.loads(daemon.recv(65536))
if sys.argv[1] == "attach":
    command = answer["result"]["command"]
    os.execvp(command[0], command)
print(answer)
"""
FAST_ROWS = ["status-64", "status-pipelined", "status-p50", "peers", "create", "forks", "launches", "cli", "isolation", "tmux-killed",
             "stopped-client", "connections-10k", "terminal-flood", "terminal-attach", "terminal-memory", "pane-plans"]
SLOW_ROWS = ["create-10k", "refresh-500", "exit-latency", "idle", "start"]


class DriverTests(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory(prefix="reeve-fake-")
        self.addCleanup(self.directory.cleanup)
        binaries = Path(self.directory.name)
        self.write(binaries / "reeved", f"#!/bin/sh\nexec {sys.executable} {SUITE}/testing/fake_reeved.py \"$@\"\n")
        self.write(binaries / "reeve", FAKE_REEVE.format(python=sys.executable))
        self.write(binaries / "reeve-keeper", "#!/bin/sh\n")
        self.write(binaries / "reeve-terminal", f"#!/bin/sh\nexec {sys.executable} {SUITE}/testing/fake_terminal.py \"$@\"\n")

    @staticmethod
    def write(path: Path, text: str):
        path.write_text(text)
        path.chmod(0o700)

    def run_rows(self, names: list[str]):
        """Runs rows in one round each and checks that all of them were measured."""
        output = Path(self.directory.name) / "result.json"
        before = traces()
        run = subprocess.run(
            [sys.executable, str(SUITE / "bench.py"), "--bin", self.directory.name, "--quick", "--rounds", "1",
             "--only", ",".join(names), "--json", str(output)],
            capture_output=True, text=True, timeout=900)
        self.assertIn(run.returncode, (0, 1), run.stderr)
        lines = json.loads(output.read_text())["lines"]
        self.assertEqual({line["row"] for line in lines}, set(names))
        self.assertEqual([line["failed"] for line in lines if line["failed"]], [], run.stderr)
        self.assertNotIn("left behind", run.stderr)
        self.assertEqual(traces() - before, set())
        for secret in (os.uname().nodename, "/tmp/", self.directory.name):
            self.assertNotIn(secret, run.stdout)

    def test_fast_rows(self):
        self.run_rows(FAST_ROWS)

    @unittest.skipUnless(os.environ.get("BENCH_TEST_SLOW"), "set BENCH_TEST_SLOW=1 for the rows that take minutes")
    def test_slow_rows(self):
        self.run_rows(SLOW_ROWS)

    def test_unknown_rows_are_a_usage_error(self):
        run = subprocess.run([sys.executable, str(SUITE / "bench.py"), "--only", "nonsense", "--list"], capture_output=True, text=True)
        self.assertEqual((run.returncode, "no such row: nonsense" in run.stderr), (2, True))

    def test_a_daemon_that_does_not_start_is_said(self):
        self.write(Path(self.directory.name) / "reeved", "#!/bin/sh\necho no >&2\nexit 7\n")
        run = subprocess.run([sys.executable, str(SUITE / "bench.py"), "--bin", self.directory.name], capture_output=True, text=True, timeout=60)
        self.assertEqual(run.returncode, 3)
        self.assertIn("reeved: no", run.stderr)
        self.assertIn("ended with 7 while starting", run.stderr)


def traces() -> set[str]:
    """Directories and tmux sockets that runs leave if they are unclean."""
    places = [Path("/tmp"), Path("/var/tmp"), Path(f"/tmp/tmux-{os.getuid()}")]
    return {str(path) for place in places if place.is_dir() for path in place.glob("rvb-*")}


if __name__ == "__main__":
    unittest.main()
