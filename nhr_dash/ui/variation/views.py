"""The views of *Variasjon* by the code that a link carries, in the order of the tabs. Text: ``variation.view_…``.

A view draws itself, and returns what can be taken along as files.
"""

from collections.abc import Callable

from nhr_dash.ui.frame import Frame
from nhr_dash.ui.share import Taken
from nhr_dash.ui.variation import asked, funnel, multiples, ranking, spread, survival

VIEWS: dict[str, Callable[[Frame], Taken | None]] = {
    "trakt": funnel.draw,
    "rangering": ranking.draw,
    "alle": multiples.draw,
    "mindre": spread.draw,
    "overlevelse": survival.draw,
}
CODES = ("visning", *asked.OWN, *funnel.OWN, *ranking.OWN, *multiples.OWN, *spread.OWN, *survival.OWN)
"""What the link of the page carries, whichever view is open."""
