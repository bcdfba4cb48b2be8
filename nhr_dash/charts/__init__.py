"""Frames in, chart specs out: the only place that knows a colour."""
