"""The views of *Variasjon* by the code that a link carries, in the order of the tabs. Text: ``variation.view_…``.

A view draws itself, and returns what can be taken along as files.
"""

from collections.abc import Callable

from nhr_dash.ui.frame import Frame
from nhr_dash.ui.share import Taken
from nhr_dash.ui.variation import asked, attainment, funnel, multiples, ranking, spread, survival

VIEWS: dict[str, Callable[[Frame], Taken | None]] = {
    "trakt": funnel.draw,
    "rangering": ranking.draw,
    "alle": multiples.draw,
    "maal": attainment.draw,
    "mindre": spread.draw,
    "overlevelse": survival.draw,
}
_OF_VIEWS = (funnel, ranking, multiples, attainment, spread, survival)
CODES = tuple(dict.fromkeys(("visning", *asked.OWN, *(code for view in _OF_VIEWS for code in view.OWN))))
"""What the link of the page carries, whichever view is open."""
