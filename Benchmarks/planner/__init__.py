"""A program around the sources of the pane planner."""
