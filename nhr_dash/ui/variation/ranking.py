"""*Rangering med usikkerhet*: who stands where, and how sure that is."""

from html import escape

from nhr_dash.charts.caterpillar import Ranked, placed
from nhr_dash.registry.across import Asked
from nhr_dash.registry.units import name_order
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import between, number, percent
from nhr_dash.ui import caches_variation
from nhr_dash.ui.frame import Frame
from nhr_dash.ui.share import Taken
from nhr_dash.ui.variation import compared, listing
from nhr_dash.ui.variation.asked import ask
from nhr_dash.ui.variation.ranking_answer import Answer

OWN = ("orden",)
ORDERS = ("beste", "andel", "pasienter", "navn")
KEY = "ranking"


def draw(page: Frame) -> Taken | None:
    """The choices, what they show, the chart and the list."""
    lang = page.language
    asked = ask(page)
    if asked is None:
        return None
    view = caches_variation.ranking_of(page.version, page.scope.visibility, lang, asked, page.unit)
    if view.drawing is None:
        compared.nothing(view.refused, view.under)
        return None
    compared.head(view.sentence, view.beside)
    with compared.beside(page, asked, view.drawing, KEY):
        _list(page, asked, view)
    compared.under(view.under)
    return compared.taken(asked, view.drawing, view.patients, t(lang, "ranking.stamp"))


def _list(page: Frame, asked: Asked, view: Answer) -> None:
    lang = page.language
    order = listing.ask_order(OWN[0], ORDERS, lang)
    rows = view.rows if order == "beste" else sorted(view.rows, key=lambda one: _key(one, order))
    heads = [t(lang, f"funnel.column_{name}") for name in (asked.level, "share", "patients")]
    heads.append(t(lang, "ranking.column_places_of", of=number(view.places, lang)))
    lines = [_line(row, lang) for row in rows]
    listing.draw(lines, heads, view.sentence, lambda unit: compared.link(page, asked, unit), KEY)


def _key(row: Ranked, order: str) -> tuple[object, ...]:
    name = name_order(row.name)
    return {"andel": (-row.share, name), "pasienter": (-row.patients, name), "navn": (name,)}[order]


def _line(row: Ranked, language: str) -> listing.Line:
    return listing.Line(
        row.unit,
        row.name,
        (
            f"{percent(row.share, language)} <small>({between(row.low, row.high, language)})</small>",
            number(row.patients, language),
            escape(placed(row, language)),
        ),
        strong=row.own,
    )
