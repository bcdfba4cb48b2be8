"""The projects on *Oversikt*: what has fallen back after a project's end, and the hospital's projects, a line each."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from nhr_dash.access import Scope
from nhr_dash.improvement import watch
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import percent
from nhr_dash.ui.plain import plain
from nhr_dash.ui.portfolio.cards import ORDER, Card

MOST_SHOWN = 5
"""Projects with a line of their own; all of them stand on *Prosjekter*."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line that links to a project: its UUID, and the text, ready for a label."""

    project: str
    label: str


Lines = tuple[Line, ...]


def fallen(session: Session, scope: Scope, units: frozenset[int], language: str) -> Lines:
    """Projects at these hospitals whose level no longer holds, the newest signal first."""
    followed = watch.at_units(session, scope, units)
    titles = {one.project.id: one.project.titled(language) for one in followed}
    found = watch.relapses(watch.watch(session.connection(), scope, followed))
    return tuple(
        Line(
            one.project,
            t(language, "watch.row", title=plain(titles[one.project]), said=plain(one.reason.said(language))),
        )
        for one in found
    )


def rule(language: str) -> str:
    """Which rule it is, and how often it is wrong."""
    return t(language, "watch.rule", percent=percent(watch.FALSE_ALARM, language))


def heading(cards: Sequence[Card], language: str) -> str:
    """'Prosjekter: 2 pågår, 1 følges opp'."""
    counted = Counter(one.status for one in cards)
    told = [
        t(language, "watch.count", n=counted[status], status=t(language, f"project.status_{status}"))
        for status in ORDER
        if counted[status]
    ]
    return t(language, "watch.counts", counts=", ".join(told))


def lines(cards: Sequence[Card], language: str) -> Lines:
    """The first projects, each with its status and aim."""
    return tuple(
        Line(
            one.id,
            t(
                language,
                "watch.line_aim" if one.aim else "watch.line",
                title=plain(one.title),
                status=t(language, f"project.status_{one.status}"),
                aim=plain(one.aim),
            ),
        )
        for one in cards[:MOST_SHOWN]
    )
