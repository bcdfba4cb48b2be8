"""Improvement-project dashboard for the Norwegian Stroke Registry (Norsk hjerneslagregister)."""

__version__ = "0.1.0"
