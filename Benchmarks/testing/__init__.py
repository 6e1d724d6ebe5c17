"""Tests of the suite itself: they need no daemon and no Swift."""
