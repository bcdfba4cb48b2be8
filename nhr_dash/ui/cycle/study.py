"""Study: what was learned."""

from nhr_dash.improvement.models import Cycle
from nhr_dash.improvement.projects import Whole
from nhr_dash.text.catalog import t
from nhr_dash.ui import editing
from nhr_dash.ui.frame import Frame


def card(page: Frame, whole: Whole, cycle: Cycle) -> None:
    """What was learned."""
    editing.field(page, cycle, "learned", t(page.language, "cycle.learned"), rows=3)
    editing.field(page, cycle, "result", t(page.language, "cycle.result"), rows=2)
