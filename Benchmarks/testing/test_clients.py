"""What is said of clients that stand still."""

from __future__ import annotations

import resource
import socket
import unittest
from types import SimpleNamespace
from unittest import mock

from measures import clients
from report.line import Verdict


class ClientsTests(unittest.TestCase):
    def test_a_connection_is_cut_off_once_the_other_end_has_closed_it(self):
        ours, theirs = socket.socketpair()
        self.addCleanup(ours.close)
        ours.settimeout(30)
        self.assertFalse(clients._is_cut_off(ours))
        theirs.close()
        self.assertTrue(clients._is_cut_off(ours))

    def test_what_was_said_before_the_end_is_no_connection_either(self):
        ours, theirs = socket.socketpair()
        self.addCleanup(ours.close)
        theirs.sendall(b"x")
        self.assertFalse(clients._is_cut_off(ours), "it is open, and something is said on it")
        ours.recv(1)
        theirs.close()
        self.assertTrue(clients._is_cut_off(ours))

    def test_ten_thousand_connections_are_skipped_where_they_cannot_be_had(self):
        with mock.patch.object(resource, "getrlimit", return_value=(1024, clients.CONNECTIONS)):
            lines = clients.connections_10k(SimpleNamespace())
        self.assertEqual([line.verdict for line in lines], [Verdict.SKIPPED, Verdict.SKIPPED])
        self.assertIn("10000", lines[0].skipped)

    def judged(self, rate: float) -> list[Verdict]:
        """The lines of `stopped-client` where so many events per second are made and all else is well."""
        pairs = SimpleNamespace(floor=1.0, ours=1.0, ratio=1.0, rounds=[], remarks=list)
        events = SimpleNamespace(count=0, check=lambda: None)
        clock = SimpleNamespace(now=0.0)

        def during(*_: object) -> float:
            clock.now += 60
            events.count += round(rate * 60)
            return 1.0

        class Stopped:
            """A subscriber that misses nothing."""

            def __init__(self, *_: object): ...
            def __enter__(self): return self
            def __exit__(self, *_: object): ...
            def stop(self): ...
            def go_on(self): ...
            def missing(self, *_: object) -> int: return 0

        def both(floor, ours):
            floor(), ours()
            return pairs

        daemon = mock.MagicMock()
        bench = SimpleNamespace(plan=SimpleNamespace(count=lambda full, quick: full, pairs=both), daemon=lambda: daemon,
                                scratch=mock.Mock())
        made = mock.MagicMock()
        made.return_value.__enter__.return_value = events
        with mock.patch.multiple(clients, _events=made, _p99_during=during, Subscriber=Stopped), \
                mock.patch.object(clients.time, "monotonic", lambda: clock.now):
            return [line.verdict for line in clients.stopped_client(bench)]

    def test_a_client_that_was_stopped_under_too_small_a_load_is_no_measurement(self):
        self.assertEqual(self.judged(1000), [Verdict.MET] * 3)
        self.assertEqual(self.judged(950), [Verdict.MET] * 3)
        self.assertEqual(self.judged(949), [Verdict.MET, Verdict.MET, Verdict.MISSED])


if __name__ == "__main__":
    unittest.main()
