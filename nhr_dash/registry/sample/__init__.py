"""The synthetic registry: calibrated on published figures, told as such, loaded like a real one."""

from nhr_dash.registry.sample.building import NotEmpty, build, next_week, write_exports

__all__ = ["NotEmpty", "build", "next_week", "write_exports"]
