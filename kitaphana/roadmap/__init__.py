"""Targets of the roadmap against what the records say."""
