"""*Prosjekter*: what stands on a card, what a choice leaves, and that a thousand projects are listed at once."""

import time
from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from nhr_dash.access import Scope, Visibility, everything
from nhr_dash.database import connect
from nhr_dash.improvement import evidence, models, projects, store
from nhr_dash.improvement.evidence import Window
from nhr_dash.settings import ROOT, settings
from nhr_dash.text.catalog import t
from nhr_dash.ui import caches
from nhr_dash.ui.portfolio import cards, trends
from nhr_dash.ui.portfolio.cards import Choice, Due

FJORDVIK, SKOGVIK, BODO = 999100001, 999100002, 974795361
IMAGING = "pakke_bilde_15min"
ME = everything("test")
NAMES = {str(FJORDVIK): "Fjordvik", str(SKOGVIK): "Skogvik"}


@pytest.fixture
def engine(sample_copy) -> Iterator[Engine]:
    made = connect(f"sqlite:///{sample_copy.as_posix()}")
    with Session(made) as session, session.begin():
        for kind in reversed(models.Base.metadata.sorted_tables):
            if "project" in kind.c and kind.name != "change":
                session.execute(kind.delete().where(kind.c.project.is_not(None)))
        session.execute(models.Project.__table__.delete())
    yield made
    made.dispose()


def made(engine: Engine, *, indicator: str | None = IMAGING, units: tuple[int, ...] = (), **fields) -> str:
    values = {"title": "Bilder i tide", "unit": FJORDVIK, "status": "running", **fields}
    with Session(engine) as session, session.begin():
        return projects.create(session, ME, models.Project(**values), indicator=indicator, units=units).id


def add(engine: Engine, record: models.Kept) -> None:
    with Session(engine) as session, session.begin():
        store.make(session, ME, record)


def read(engine: Engine, scope: Scope = ME, language: str = "nb") -> tuple[cards.Card, ...]:
    with Session(engine) as session:
        return cards.read(session, scope, NAMES, language)


class TestCard:
    def test_what_it_says(self, engine):
        project = made(engine, starts_on=date(2023, 2, 1), score=2.5, aim_by=date(2026, 12, 31), units=(SKOGVIK,))
        add(engine, models.Cycle(project=project, number=1, title="Varsling", act="adopt"))
        add(engine, models.Cycle(project=project, number=2, title="CT-bord"))
        add(engine, models.Task(project=project, title="Ring 113", due_on=date(2026, 11, 1)))
        add(engine, models.Task(project=project, title="Ferdig", due_on=date(2026, 1, 1), done_on=date(2026, 1, 2)))
        add(engine, models.Obstacle(project=project, what="En seng mangler"))
        add(engine, models.Obstacle(project=project, what="Løst", answered_on=date(2026, 1, 1)))
        (card,) = read(engine)
        assert card.hospitals == "Fjordvik og Skogvik"
        assert card.cycles == "2 sykluser, nr. 1 beholdt"
        assert card.progress.startswith("framdrift 2,5 av 5: ")
        assert card.next_due == Due(date(2026, 11, 1), "task", "Ring 113")
        assert card.obstacles == ("En seng mangler",)
        assert card.kinds == {"local", "none"}

    def test_a_deliverable_that_is_late_comes_first_and_is_said_to_be_late(self, engine):
        project = made(engine, aim_by=date(2027, 1, 1))
        add(engine, models.Deliverable(project=project, title="Kurspakke", due_on=date(2026, 10, 1)))
        due = read(engine)[0].next_due
        assert cards.said_due(due, date(2026, 11, 22), "nb") == "Fristen var 1. okt. 2026: Kurspakke"
        assert cards.said_due(due, date(2026, 10, 1), "en") == "Due 1 Oct 2026: Kurspakke"

    @pytest.mark.parametrize("status", ["closed", "stopped"])
    def test_nothing_is_due_in_a_project_that_is_over(self, engine, status):
        project = made(engine, status=status, aim_by=date(2026, 1, 1))
        add(engine, models.Task(project=project, title="Ring", due_on=date(2026, 1, 1)))
        assert read(engine)[0].next_due is None

    def test_a_project_without_an_indicator_or_with_an_unknown_one_is_listed(self, engine):
        made(engine, indicator=None)
        gone = made(engine)
        with engine.begin() as connection:
            measure = models.Measure.__table__
            connection.execute(measure.update().where(measure.c.project == gone).values(indicator="gone"))
        assert [(one.indicator, one.measured) for one in read(engine)] == [(None, ""), (None, "")]

    def test_others_are_seen_when_they_are_published(self, engine):
        made(engine, title="Hemmelig")
        made(engine, title="Publisert", published=True)
        stranger = Scope("other", Visibility(frozenset({SKOGVIK})))
        assert [one.title for one in read(engine, stranger)] == ["Publisert"]


class TestChoice:
    def test_each_part_leaves_its_own(self, engine):
        made(engine, title="a")
        made(engine, title="b", unit=SKOGVIK, status="idea", indicator="hjerneslag_inn_enhet")
        made(engine, title="c", reach="national", funding="skde", units=(SKOGVIK,))

        def titles(**choice) -> set[str]:
            return {one.title for one in cards.chosen(read(engine), Choice(**choice))}

        assert titles() == {"a", "b", "c"}
        assert titles(units=frozenset({SKOGVIK})) == {"b", "c"}
        assert titles(indicator=IMAGING) == {"a", "c"}
        assert titles(status="idea") == {"b"}
        assert titles(kind="national") == titles(kind="skde") == {"c"}
        assert cards.measured_indicators(read(engine)) == ["hjerneslag_inn_enhet", IMAGING]

    def test_what_is_worked_on_comes_first(self, engine):
        for status in ("stopped", "idea", "closed", "running", "sustaining", "planned"):
            made(engine, status=status)
        assert [one.status for one in read(engine)] == list(cards.ORDER)


class TestTrend:
    def read(self, engine, unit=FJORDVIK, indicator=IMAGING, starts_on=None, scope=ME) -> trends.Trend:
        window = Window(starts_on) if starts_on else None
        with engine.connect() as connection:
            every = evidence.hospitals(connection, scope, indicator)
            held = trends.months(connection, scope, (FJORDVIK, SKOGVIK, BODO), indicator, every)
            return trends.read(connection, scope, held, unit, indicator, window, (), 0.6, "nb")

    def test_the_training_hospital_is_clearly_better(self, engine):
        found = self.read(engine, starts_on=date(2023, 2, 1))
        assert found.side == "better"
        assert found.words.replace("\u202f", " ") == "18 → 60 %: klar bedring"
        assert "<svg" in found.drawing

    def test_before_a_change_it_says_the_level_now(self, engine):
        found = self.read(engine)
        assert found.side == "none"
        assert found.words.startswith("nå ")

    def test_a_change_that_data_have_not_reached_is_no_change_yet(self, engine):
        assert self.read(engine, starts_on=date(2030, 1, 1)) == self.read(engine)

    def test_a_change_in_the_last_months_is_too_early(self, engine):
        assert self.read(engine, starts_on=date(2025, 9, 1)).words == t("nb", "portfolio.too_early")

    def test_another_hospital_is_not_judged_here(self, engine):
        stranger = Scope("other", Visibility(frozenset({SKOGVIK})))
        assert self.read(engine, starts_on=date(2023, 2, 1), scope=stranger).words.startswith("nå ")

    def test_what_has_no_share_by_month_has_no_small_chart(self):
        assert [trends.has_months(one) for one in (IMAGING, "hjerneslag_dg", "pakke_lyske")] == [True, False, False]

    def test_a_hospital_without_patients_is_told(self, engine):
        assert self.read(engine, unit=1234).words == "ingen pasienter i perioden"


def test_a_thousand_projects_with_ten_thousand_cycles_are_listed_in_a_second(engine):
    stamp = {"version": 1, "created_at": date(2026, 1, 1), "created_by": "x", "changed_by": "x", "language": "nb"}
    stamp["changed_at"] = stamp["created_at"]
    ids = [made(engine, title="p")]
    with Session(engine) as session, session.begin():
        first = session.get(models.Project, ids[0])
        row = {column.name: getattr(first, column.key) for column in models.Project.__table__.columns}
        ids += [f"{place:036d}" for place in range(999)]
        session.execute(insert(models.Project), [{**row, "id": one} for one in ids[1:]])
        cycle = {"created_at": row["created_at"], "changed_at": row["changed_at"], "created_by": "", "changed_by": ""}
        session.execute(
            insert(models.Cycle),
            [{**cycle, "project": one, "number": n, "title": "s"} for one in ids for n in range(10)],
        )
    start = time.process_time()
    found = read(engine)
    took = time.process_time() - start
    assert len(found) == 1000
    assert found[0].cycles == "10 sykluser"
    assert took < 1, f"{took:.2f} s"


@pytest.fixture
def app(engine, sample_copy, monkeypatch) -> Iterator[AppTest]:
    monkeypatch.setenv("NHR_DATABASE_URL", f"sqlite:///{sample_copy.as_posix()}")
    settings.cache_clear()
    caches.portfolio.clear()  # another database of the same version
    yield AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    settings.cache_clear()


def opened(app: AppTest, **link: str) -> AppTest:
    app.run().switch_page("pages/team/prosjekter.py")
    for name, code in link.items():
        app.query_params[name] = code
    app.run()
    assert not app.exception and not app.error, [one.value for one in (*app.exception, *app.error)]
    return app


def html(app: AppTest) -> str:
    return " ".join(one.proto.body for one in app.get("html"))


class TestPage:
    def test_empty_says_how_to_begin(self, app):
        assert "tre minutter" in opened(app).info[0].value

    @pytest.mark.parametrize("view", ["kort", "tabell", "trakt"])
    @pytest.mark.parametrize("language", ["nb", "en"])
    def test_every_view_opens_in_both_languages(self, engine, app, view, language):
        made(engine, starts_on=date(2023, 2, 1))
        made(engine, status="stopped")
        opened(app, visning=view, lang=language)

    def test_texts_of_people_are_never_markup(self, engine, app):
        project = made(engine, title="<b>x</b> **y**", aim_what="<script>z</script>")
        add(engine, models.Obstacle(project=project, what="<i>seng</i>"))
        said = html(opened(app))
        assert "<i>seng" not in said and "&lt;i&gt;seng" in said
        assert "<script>z" not in said

    def test_more_than_a_page_is_a_click_away(self, engine, app):
        for place in range(30):
            made(engine, title=f"p{place}")
        assert html(opened(app)).count('class="nhr-card"') == 24
        app.button(key="portfolio_more").click().run()
        assert html(app).count('class="nhr-card"') == 30

    def test_a_stage_opens_its_projects(self, engine, app):
        made(engine, status="running")
        made(engine, status="idea")
        opened(app, visning="trakt").button(key="stage_idea").click().run()
        assert html(app).count('class="nhr-card"') == 1
        assert app.query_params["status"] in ("idea", ["idea"])
