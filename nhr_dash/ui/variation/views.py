"""The views of *Variasjon* by the code that a link carries, in the order of the tabs. Text: ``variation.view_…``."""

from collections.abc import Callable

from nhr_dash.ui.frame import Frame

VIEWS: dict[str, Callable[[Frame], None]] = {}
