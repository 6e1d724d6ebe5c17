"""What counts as a pair, and how lines are judged and printed."""

from __future__ import annotations

import unittest

from bench import without_paths
from report.line import Line, Verdict, at_least, at_most, compared, figure
from report.markdown import document
from rounds.plan import Plan, measure_pair


def replayed(*values: float):
    """A measurement that gives these values, one after another."""
    remaining = list(values)
    return lambda: remaining.pop(0)


class PairTests(unittest.TestCase):
    def test_steady_floors_are_measured_once(self):
        pair = measure_pair(replayed(100, 110), replayed(50))
        self.assertEqual((pair.floor, pair.ours, pair.tries), (105, 50, 1))

    def test_floors_a_fifth_apart_are_measured_again(self):
        pair = measure_pair(replayed(100, 150, 100, 100), replayed(50, 60))
        self.assertEqual((pair.ratio, pair.tries, pair.steady), (0.6, 2, True))

    def test_the_steadiest_of_four_unsteady_pairs_is_kept(self):
        pair = measure_pair(replayed(100, 200, 100, 130, 100, 300, 100, 200), replayed(1, 2, 3, 4))
        self.assertEqual((pair.ours, pair.tries, pair.steady), (2, 4, False))

    def test_unsteadiness_is_said(self):
        pairs = Plan(1, quick=True).pairs(replayed(*[100, 130] * 4), replayed(*[1] * 4))
        self.assertEqual(len(pairs.remarks()), 2)
        self.assertIn("3 of 4 pairs measured again", pairs.remarks()[0])

    def test_the_ratio_is_the_median_of_ratios(self):
        pairs = Plan(3, quick=True).pairs(replayed(10, 10, 20, 20, 40, 40), replayed(10, 40, 20))
        self.assertEqual((pairs.ratio, pairs.floor, pairs.ours), (1, 20, 20))


class LineTests(unittest.TestCase):
    def test_a_ratio_is_judged_before_a_figure(self):
        self.assertIs(Line("r", "w", at_least(0.5), ours=0.1, ratio=0.5).verdict, Verdict.MET)
        self.assertIs(Line("r", "w", at_most(0), ours=1).verdict, Verdict.MISSED)

    def test_the_verdict_does_not_round(self):
        line = Line("r", "w", at_most(2), ours=1, ratio=2.0001)
        self.assertEqual((figure(line.ratio), line.verdict), ("2", Verdict.MISSED))

    def test_failure_and_absence_are_no_verdict(self):
        self.assertIsNone(Line("r", "w", failed="it broke").as_json()["met"])
        self.assertIsNone(Line("r", "w", at_most(1), skipped="no redis").as_json()["met"])

    def test_figures_have_three_digits(self):
        self.assertEqual([figure(12345.6, "/s"), figure(0.2549), figure(32, "MiB")], ["12\u202f346/s", "0.255", "32 MiB"])

    def test_the_page_has_a_row_for_each_line_and_says_why_one_is_missing(self):
        pairs = Plan(1, quick=False).pairs(replayed(10, 10), replayed(5))
        lines = [compared("a", "one", at_least(0.25), "/s", pairs), Line("b", "two", at_least(1), skipped="no redis")]
        page = document(lines, {"cores": "2"}, Plan(1, quick=False), complete=False)
        self.assertIn("| `a` | one | 10/s | 5/s | 0.5 | ≥ 0.25 | yes |", page)
        self.assertIn("| `b` | two |  |  |  | ≥ 1 | skipped |", page)
        self.assertIn("- `b`, two: no redis.", page)

    def test_paths_are_reduced_to_their_last_name(self):
        self.assertEqual(without_paths("cannot open '/tmp/rvb-1/r2/control.sock': no\nsuch file"), "cannot open 'control.sock': no such file")
        self.assertEqual(without_paths("redis/supervisor 3/4"), "redis/supervisor 3/4")


if __name__ == "__main__":
    unittest.main()
