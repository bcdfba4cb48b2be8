"""The idea bank: what is published, whose effects may be seen, and copies that know where they came from."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy.orm import Session

from nhr_dash.access import NotAllowed, Scope, everything
from nhr_dash.database import connect
from nhr_dash.improvement import bank, models, projects, publishing, store, transfer
from nhr_dash.ui import idea_bank, improved
from nhr_dash.ui.idea_bank import Choice
from tests.improvement.conftest import of

FJORDVIK, SKOGVIK, BODO = 999100001, 999100002, 974795361
IMAGING = "pakke_bilde_15min"
ME = everything("test")
SKOGVIKS = of("other", SKOGVIK)
NAMES = {str(FJORDVIK): "Fjordvik", str(SKOGVIK): "Skogvik"}


@pytest.fixture
def session(sample_copy) -> Iterator[Session]:
    engine = connect(f"sqlite:///{sample_copy.as_posix()}")
    with Session(engine) as opened:
        yield opened
    engine.dispose()


def made(session: Session, *, ideas: tuple[tuple[str, str], ...] = (), patients: int = 0, **fields) -> str:
    """A project at Fjordvik with ideas (title, status) and an effect of so many patients on each side."""
    values = {"title": "Bilder i tide", "unit": FJORDVIK, "published": True, **fields}
    project = projects.create(session, ME, models.Project(**values), indicator=IMAGING, units=())
    for title, status in ideas:
        store.make(session, ME, models.Idea(project=project.id, title=title, status=status, primary_driver="Varsling"))
    if patients:
        measure = projects.whole(session, ME, project.id).outcome
        assert measure is not None
        days = dict.fromkeys(("before_from", "before_until", "after_from", "after_until"), date(2023, 1, 1))
        numbers = {"before": 0.18, "after": 0.6, "difference": 0.42, "low": 0.33, "high": 0.5}
        counts = {"before_patients": patients, "after_patients": patients, "data_version": 1}
        effect = models.Effect(
            project=project.id,
            measure=measure.id,
            unit=FJORDVIK,
            grade="clear_improvement",
            **days,
            **numbers,
            **counts,
        )
        store.make(session, ME, effect)
    return project.id


def entries(session: Session, scope: Scope = ME) -> dict[str, idea_bank.Entry]:
    found = idea_bank.read(session, scope, NAMES, {FJORDVIK: 160, SKOGVIK: 90}, "nb")
    return {one.id: one for one in found}


class TestPublished:
    def test_what_is_not_published_is_not_there(self, session):
        hidden, shown = made(session, published=False), made(session)
        assert shown in entries(session)
        assert hidden not in entries(session)

    def test_ideas_that_lasted_come_first(self, session):
        tried = (("a", "abandoned"), ("b", "idea"), ("c", "adopted"))
        project = made(session, ideas=tried)
        found = entries(session)[project]
        assert [(one.title, one.status) for one in found.ideas] == [
            ("c", "beholdt"),
            ("b", "idé"),
            ("a", "forkastet"),
        ]

    def test_the_effect_is_told_as_it_was_stored(self, session):
        project = made(session, patients=151)
        ((side, told),) = entries(session)[project].effects
        assert side == "better"
        assert told.replace("\u202f", " ") == (
            "18 % → 60 % (+42 prosentpoeng, usikkerhet 33–50): klar bedring. 151 pasienter før, 151 etter."
        )

    def test_another_hospital_sees_no_effect_of_few_patients(self, session):
        few, enough = made(session, patients=19), made(session, patients=20)
        found = entries(session, SKOGVIKS)
        assert found[few].effects == ()
        assert len(found[enough].effects) == 1

    def test_another_hospitals_effect_is_told_by_counts_that_are_off(self, session, monkeypatch):
        monkeypatch.setattr(publishing, "off_by", lambda effect: [2, -1, 0, 3])
        project = made(session, patients=151)
        ((_, told),) = entries(session, SKOGVIKS)[project].effects
        assert told.replace("\u202f", " ") == (
            "19 % → 59 % (+40 prosentpoeng, usikkerhet 29–50): klar bedring. Om lag 152 pasienter før og 154 etter."
        )
        ((_, own),) = entries(session)[project].effects
        assert "151 pasienter før, 151 etter." in own.replace("\u202f", " ")


class TestSearch:
    def test_every_word_must_be_there_wherever_it_stands(self, session):
        one = made(session, ideas=(("Ambulansen varsler CT", "adopted"),), package="Ring røntgen først.")
        every = tuple(entries(session).values())

        def found(**choice) -> bool:
            return one in [each.id for each in idea_bank.chosen(every, Choice(**choice))]

        assert found(text="AMBULANSEN røntgen fjordvik")
        assert not found(text="ambulansen svelgtest")
        assert found(indicator=IMAGING) and not found(indicator="hjerneslag_inn_enhet")
        assert found(driver="Varsling") and not found(driver="Annet")
        assert found(size="middle") and not found(size="small")
        assert found() and not found(source="policy")

    @pytest.mark.parametrize(
        ("patients", "size"), [(None, ""), (0, ""), (99, "small"), (100, "middle"), (249, "middle"), (250, "large")]
    )
    def test_sizes(self, patients, size):
        assert idea_bank.size_of(patients) == size


class TestCopy:
    def test_a_copy_is_an_untested_idea_with_its_origin(self, session):
        source = made(session, ideas=(("Varsling", "adopted"),))
        target = made(session, title="Vårt", unit=SKOGVIK, published=False)
        copied = transfer.copy_idea(session, SKOGVIKS, projects.whole(session, ME, source).ideas[0].id, target)
        assert (copied.project, copied.origin, copied.status) == (target, source, "idea")

    def test_not_into_anothers_project_and_not_from_a_hidden_one(self, session):
        source = made(session, ideas=(("Varsling", "adopted"),))
        hidden = made(session, ideas=(("Hemmelig", "adopted"),), published=False)
        mine = made(session, title="Vårt", unit=SKOGVIK, published=False)
        idea = {one: projects.whole(session, ME, one).ideas[0].id for one in (source, hidden)}
        with pytest.raises(NotAllowed):
            transfer.copy_idea(session, SKOGVIKS, idea[hidden], mine)
        with pytest.raises(NotAllowed):
            transfer.copy_idea(session, SKOGVIKS, idea[source], source)

    def test_a_new_project_knows_where_it_came_from(self, session):
        source = made(session)
        begun = projects.whole(session, ME, bank.begin_from(session, SKOGVIKS, source, SKOGVIK, "x" * 300, "nb"))
        assert (begun.project.origin, begun.project.source) == (source, "published_project")
        assert begun.outcome is not None and begun.outcome.indicator == IMAGING
        assert len(begun.project.title) == models.LINE


class TestImproved:
    def test_the_training_hospital_is_found_without_a_project(self, session):
        (found,) = improved.read(session.connection(), ME, IMAGING)
        assert found.unit == FJORDVIK
        assert found.since in (date(2023, 1, 1), date(2023, 5, 1))
        assert found.before < 0.25 and found.after > 0.55 and found.low > 0.2

    @pytest.mark.parametrize("indicator", ["hjerneslag_dg", "pakke_lyske"])
    def test_what_has_no_share_by_month_is_not_looked_through(self, session, indicator):
        assert improved.read(session.connection(), ME, indicator) == ()

    def test_hospitals_of_the_same_size(self, session):
        yearly = improved.yearly_patients(session.connection())
        assert min(yearly.values()) > 0
        assert improved.like(100, 150) and improved.like(150, 100)
        assert not improved.like(100, 151)
        assert not improved.like(None, 100) and not improved.like(100, 0)
