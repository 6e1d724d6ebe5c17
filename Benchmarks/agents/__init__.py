"""Agents made for measuring."""
