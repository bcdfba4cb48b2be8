"""*Variasjon*, *Overlevelse*, as a person meets it: the sentence, what is hidden, the links, and speed."""

import json
import re
from time import process_time

import pytest

from nhr_dash.access import Visibility, everything
from nhr_dash.database import connect
from nhr_dash.registry import outcomes
from nhr_dash.ui.variation import survival_answer
from tests.ui.test_pages import healthy, link_of, opened

PAGE = "pages/fagrad/variasjon.py"
ALESUND, NATION = "974747138", "1"


def words(app) -> str:
    return (
        "\n".join(one.value for one in (*app.markdown, *app.caption, *app.info))
        .replace("\u202f", " ")
        .replace("\\", "")
    )


def survival(**link):
    return healthy(opened(PAGE, visning="overlevelse", **link))


@pytest.mark.usefixtures("on_sample")
class TestPage:
    def test_the_sentence_names_lowest_and_highest_and_what_adjustment_did(self):
        told = words(survival(lang="nb", sykehus=ALESUND))
        found = re.search(
            r"lavest i .+ \(\d\d,\d %, usikkerhet \d\d,\d–\d\d,\d\) og høyest i .+ \(\d\d,\d %, usikkerhet", told
        )
        assert found, told[:500]
        moved = re.search(
            r"flyttet Ålesund mest: fra 86,\d % til 91,\d %, fra plass (\d+) \(usikkerhet (\d+)–\d+\) "
            r"til plass (\d+) \(usikkerhet \d+–(\d+)\) av 46",
            told,
        )
        assert moved, told[:700]
        crude, crude_low, adjusted, adjusted_high = map(int, moved.groups())
        assert adjusted <= adjusted_high < crude_low <= crude
        assert "Prosessmål justeres aldri" in told
        assert "tilnærmet" in told

    def test_outcome_and_years_stand_in_the_link(self):
        app = survival(lang="nb", utfall="home", utfall1="2022", utfall2="2023")
        assert "2022–2023" in words(app)
        assert {"utfall": "home", "utfall1": "2022", "utfall2": "2023"}.items() <= link_of(app).items()

    @pytest.mark.parametrize("link", [{"utfall": "flaks"}, {"utfall1": "1812"}, {"utfall1": "2024", "utfall2": "2020"}])
    def test_a_wrong_link_is_answered(self, link):
        assert "Justeringen flyttet" in words(survival(lang="nb", **link))

    def test_english_is_whole(self):
        app = survival(lang="en", sykehus=ALESUND)
        for box in ("survival_numbers", "survival_funnel", "survival_models", "survival_time"):
            app.session_state[box] = True
        told = words(healthy(app.run()))
        assert "Adjustment moved Ålesund most" in told
        assert not re.search(r"usikkerhet|pasienter|ventet|sykehus", told)

    def test_numbers_models_and_the_course_over_time(self):
        app = survival(lang="nb", sykehus=ALESUND)
        for box in ("survival_numbers", "survival_funnel", "survival_models", "survival_time"):
            app.session_state[box] = True
        told = words(healthy(app.run()))
        assert "skiller pasientene bedre enn den nasjonale" in told
        assert re.search(r"\d+ døde innen 30 dager, mot \d+ ventet", told)
        assert re.search(r"av 46 sykehus ligger utenfor 95 %-grensene", told)
        tables = [one.value for one in app.table]
        assert any("Plass justert (usikkerhet)" in table.columns and len(table) == 46 for table in tables)

    def test_only_a_hospital_is_followed_patient_by_patient(self):
        app = survival(lang="nb", sykehus=NATION)
        app.session_state["survival_time"] = True
        assert "Velg et sykehus" in words(healthy(app.run()))


@pytest.fixture
def connection(sample_database):
    engine = connect(f"sqlite:///{sample_database.as_posix()}")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def names(found):
    return {str(one.unit): f"Sykehus {one.unit}" for one in found.hospitals}


def test_nothing_of_a_hidden_hospital_is_drawn_but_its_name_is_told(connection):
    scope = everything("test")
    scope = type(scope)("", Visibility(frozenset()))
    found = outcomes.adjusted(connection, scope, "function", 2012, 2024)
    hidden = [one.unit for one in found.hospitals if one.hidden]
    assert hidden
    shown = survival_answer.view(found, names(found), frozenset(), True, "nb")
    drawn = json.dumps([one.spec for one in (shown.drawing, shown.funnel)])
    for unit in hidden:
        assert str(unit) not in drawn
        row = shown.table[shown.table["Sykehus"] == f"Sykehus {unit}"].iloc[0]
        assert not re.search(r"\d", "".join(row.iloc[1:]))
    assert all(str(unit) in " ".join(shown.notes) for unit in hidden)


def test_the_tab_is_read_and_drawn_within_two_seconds(connection):
    visible = everything("test")
    outcomes.years(connection, "survival")  # what every page has read before
    start = process_time()
    found = outcomes.adjusted(connection, visible, "survival", 2020, 2024)
    survival_answer.view(found, names(found), frozenset({int(ALESUND)}), True, "nb")
    assert process_time() - start < 2
