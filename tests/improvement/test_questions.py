"""Questions to ask: what the data answer, what they may not, and a project with what is open."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from nhr_dash.access import Held, NotAllowed, Role, everything, holding
from nhr_dash.database import connect
from nhr_dash.improvement import projects, questions
from nhr_dash.improvement.questions import PYRAMID, Beside
from nhr_dash.registry import across
from nhr_dash.registry.indicators import by_id
from nhr_dash.registry.units import NATION
from nhr_dash.text.catalog import LANGUAGES, has
from tests.improvement.conftest import FJORDVIK, KARI, STRANGER

BODO, TYNSET = 974795361, 974725215
IMAGING, DIRECT, NEEDLE = "pakke_bilde_15min", "hjerneslag_inn_enhet", "hjerneslag_tromb_40min"
FULL = everything("test")
READER = holding("test", (Held(Role.READER, None),))


@pytest.fixture
def connection(sample_database) -> Iterator[Connection]:
    engine = connect(f"sqlite:///{sample_database.as_posix()}")
    with engine.connect() as opened:
        yield opened
    engine.dispose()


def test_each_question_has_words_and_the_data_are_asked_first():
    assert next(iter(PYRAMID)) == "data"
    for language in LANGUAGES:
        assert all(has(language, f"questions.ask_{one}") for level in PYRAMID.values() for one in level)


def test_the_answers_are_the_registrys_own_sums(connection):
    found = questions.answers(connection, FULL, BODO, IMAGING, 2024, 2024)
    rows = across.by_year(connection, FULL, by_id(IMAGING), [BODO, NATION], 2024, 2024).set_index("unit")
    strokes = across.by_year(connection, FULL, by_id(DIRECT), [BODO], 2024, 2024)
    assert found.share is not None and found.counted is not None and found.off_less is not None
    assert (found.patients, found.share.estimate) == (rows.loc[BODO, "denominator"], rows.loc[BODO, "value"])
    assert found.country == rows.loc[NATION, "value"]
    assert found.counted.here == found.patients / strokes["denominator"].iloc[0]
    assert found.off_less.low < found.off_less.estimate < found.off_less.high
    assert dict(found.before)[2024] == found.share.estimate


def test_a_hospital_without_a_stroke_unit_is_known_by_its_structure(connection):
    found = questions.answers(connection, FULL, TYNSET, DIRECT, 2024, 2024)
    assert (found.stroke_unit, found.centre, found.strokes) == (False, False, 47)
    assert found.early is not None and found.early.differs and found.early.here < found.early.there


def test_nothing_of_a_hidden_unit_is_answered_but_what_is_known_of_it_anyway(connection):
    found = questions.answers(connection, READER, TYNSET, NEEDLE, 2024, 2024)
    assert found.hidden
    assert (found.share, found.clock, found.old, found.off_less, found.before) == (None, None, None, None, ())
    assert found.coverage is not None and found.stroke_unit is False


def test_parts_that_may_not_be_shown_are_not_answered(connection):
    """The unit itself is shown, but few of its patients came early."""
    mine = questions.answers(connection, FULL, TYNSET, DIRECT, 2024, 2024)
    theirs = questions.answers(connection, READER, TYNSET, DIRECT, 2024, 2024)
    assert mine.unspecified is not None
    assert theirs.unspecified is None


def test_a_difference_from_the_country_must_be_more_than_chance():
    assert questions._beside((3, 10), (4000, 10000)) == Beside(0.3, 0.4, False)
    assert questions._beside((30, 100), (6000, 10000)).differs


def test_the_open_questions_become_tasks(session):
    asked = ["Er alle registrert?", "x" * 300]
    begun = questions.begin(session, KARI, FJORDVIK, IMAGING, "Hvorfor?", "Liste", asked, "nb")
    whole = projects.whole(session, KARI, begun)
    assert {one.title for one in whole.tasks} == {"Er alle registrert?", "x" * 200}
    assert (whole.project.background, whole.project.source) == ("Liste", "variation")
    with pytest.raises(NotAllowed):
        questions.begin(session, STRANGER, FJORDVIK, IMAGING, "Hvorfor?", "", [], "nb")
