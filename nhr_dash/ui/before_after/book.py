"""*Hva trodde vi, hva skjedde?* as rows of text, over all cycles of a hospital's projects."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from nhr_dash.access import Scope
from nhr_dash.improvement import projects, study
from nhr_dash.text.catalog import t


@dataclass(frozen=True, slots=True)
class Told:
    """Cycle, prediction, what was seen, and whether it came true, a row each; and how many did."""

    sentence: str
    rows: tuple[tuple[str, str, str, str], ...]


def read(session: Session, scope: Scope, unit: int, language: str) -> Told:
    """Every cycle with a prediction, of the projects that a hospital takes part in and that may be seen."""
    rows: list[tuple[str, str, str, str]] = []
    hits = judged = 0
    for listed in projects.listed(session, scope):
        if unit not in listed.units or not listed.cycles:
            continue
        whole = projects.whole(session, scope, listed.project.id)
        book = study.book(session.connection(), scope, whole)
        hits, judged = hits + book.hits, judged + book.judged
        rows += [row for one in book.studies if (row := _row(one, language)) is not None]
    return Told(t(language, "study.hits", n=judged, hits=hits), tuple(rows))


def _row(one: study.Study, language: str) -> tuple[str, str, str, str] | None:
    thought = study.predicted(one.cycle, language)
    if not thought:
        return None
    seen = next((study.observed(found, language) for found in (one.result, one.entries) if found is not None), "–")
    became = "not_judged" if one.hit is None else "hit" if one.hit else "miss"
    return f"{one.cycle.number} · {one.cycle.title}", thought, seen, t(language, f"study.{became}")
