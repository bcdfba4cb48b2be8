"""Events and cycles out of a table: a dry run tells, a second import adds nothing."""

from datetime import date

import pytest

from nhr_dash.access import NotAllowed
from nhr_dash.improvement import imports, projects, store
from nhr_dash.improvement.models import Event, Idea
from nhr_dash.registry.load.findings import Refused
from nhr_dash.text import catalog
from tests.improvement.conftest import FJORDVIK, KARI, STRANGER

EVENTS = """Fra;Til;Tittel;Type;Merknad;Antatt
01.02.2023;;Varsling før ankomst;endring;«før» 🚑;
2023-03-01;2023-03-31;Ombygging av mottak;organisering;;ja
"""
CYCLES = """Nummer;Tittel;Endringsidé;Omfang;Hva slags forventning;Forventet;Av hvor mange;Fra;Neste steg;Bygger på
1;Én kveldsvakt;Varsle CT;én vakt;antall;3;3;01.02.2023;juster;
2;En uke;varsle ct;ward;andel;0,6;;08.02.2023;;1
"""


@pytest.fixture
def idea(session, project):
    return store.make(session, KARI, Idea(project=project.id, title="Varsle CT"))


def whole(session, project):
    return projects.whole(session, KARI, project.id)


def told(plan):
    return [(one.line, one.column, one.reason_key) for one in plan.findings]


def test_events_are_told_first_written_then_and_never_twice(session, project):
    plan = imports.events(EVENTS, "hendelser.csv", [], project=project.id, unit=FJORDVIK)
    assert (len(plan.records), plan.same, plan.findings) == (2, 0, ())
    assert whole(session, project).events == []
    imports.write(session, KARI, plan)
    first, second = whole(session, project).events
    assert (first.starts_on, first.title, first.kind, first.note) == (
        date(2023, 2, 1),
        "Varsling før ankomst",
        "change",
        "«før» 🚑",
    )
    assert (second.ends_on, second.kind, second.assumed) == (date(2023, 3, 31), "organisation", True)
    again = imports.events(EVENTS, "", whole(session, project).events, project=project.id, unit=FJORDVIK)
    assert (again.records, again.same) == ((), 2)


def test_english_headings_and_the_words_of_an_export_do_too():
    data = "Date,Title,Type\n2023-02-01,Alert,training\n2023-02-02,Alert,guideline\n"
    assert [one.kind for one in imports.events(data, "", [], unit=FJORDVIK).records] == ["training", "guideline"]


def test_bad_rows_of_events():
    data = "Dato;Slutt;Tittel;Type;Farge\n01.02.2023;01.01.2023;a;;\n02.02.2023;;;;\n;;c;;\n03.02.2023;;d;fest;rød\n"
    plan = imports.events(data, "", [], unit=FJORDVIK)
    assert plan.records == ()
    assert told(plan) == [
        (None, "Farge", "load.note.ignored"),
        (2, "Slutt", "refused.backwards"),
        (3, "Tittel", "refused.empty"),
        (4, "Dato", "refused.empty"),
        (5, "Type", "refused.table.unknown_word"),
    ]
    assert all(one.sentence(language) for one in plan.findings for language in catalog.LANGUAGES)


def test_cycles_come_with_their_ideas_and_their_ramp(session, project, idea):
    plan = imports.cycles(CYCLES, "sykluser.csv", whole(session, project))
    assert plan.findings == ()
    imports.write(session, KARI, plan)
    first, second = whole(session, project).cycles
    assert (first.number, first.scale, first.prediction_kind, first.prediction_value) == (1, "shift", "count", 3)
    assert (first.act, first.idea) == ("adapt", idea.id)
    assert (second.scale, second.prediction_value, second.follows) == ("ward", 0.6, first.id)
    again = imports.cycles(CYCLES, "", whole(session, project))
    assert (again.records, again.same) == ((), 2)


def test_a_cycle_without_a_number_gets_the_next(session, project):
    imports.write(session, KARI, imports.cycles("Tittel\nEn\nTo\n", "", whole(session, project)))
    assert [(one.number, one.title) for one in whole(session, project).cycles] == [(1, "En"), (2, "To")]


def test_bad_rows_of_cycles(session, project, idea):
    imports.write(session, KARI, imports.cycles("Nummer;Tittel\n1;Fin\n", "", whole(session, project)))
    data = (
        "Nummer;Tittel;Endringsidé;Bygger på;Hva slags forventning;Forventet\n"
        "1;En annen;;;;\n2;b;Plakat;;;\n3;c;;9;;\n1,5;d;;;;\n4;e;;;andel;1,4\n"
        "5;f;;;minutter;mange\n6;g;;1;minutter;15\n"
    )
    plan = imports.cycles(data, "", whole(session, project))
    assert [one.title for one in plan.records] == ["g"]
    assert told(plan) == [
        (2, "Nummer", "refused.table.number_taken"),
        (3, "Endringsidé", "refused.table.unknown_idea"),
        (4, "Bygger på", "refused.table.unknown_cycle"),
        (5, "Nummer", "load.value.not_whole"),
        (6, "Forventet", "refused.over_100"),
        (7, "Forventet", "load.value.not_a_number"),
    ]
    assert all(one.sentence(language) for one in plan.findings for language in catalog.LANGUAGES)


def test_a_table_without_titles_is_refused(session, project):
    with pytest.raises(Refused, match=r"refused\.table\.columns"):
        imports.cycles("Nummer;Omfang\n1;én vakt\n", "", whole(session, project))


def test_a_stranger_imports_nothing(session, project):
    for plan in (
        imports.events(EVENTS, "", [], project=project.id, unit=FJORDVIK),
        imports.cycles("Tittel\nEn\n", "", whole(session, project)),
    ):
        with pytest.raises(NotAllowed):
            imports.write(session, STRANGER, plan)
    assert session.query(Event).count() == 0


@pytest.mark.parametrize("data", ["Tittel\n" + "x" * 40_000, "Tittel\n" + ";" * 5_000, "Tittel\n" + "x" * 1_200_000])
def test_a_table_that_is_meant_to_do_harm_is_refused_in_words(session, project, data):
    with pytest.raises(Refused) as refused:
        imports.cycles(data, "hard.csv", whole(session, project))
    assert "hard.csv" in catalog.t("nb", refused.value.reason_key, **refused.value.params)
