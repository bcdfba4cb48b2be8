"""*Nytt nivå?* on the run chart: suggested, shown with the new phase, asked four questions, and set."""

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from nhr_dash.access import everything
from nhr_dash.database import connect
from nhr_dash.improvement import annotations
from nhr_dash.settings import settings
from tests.ui.test_method import healthy, opened

FJORDVIK, IMAGING = 999100001, "pakke_bilde_15min"
ME = everything("test")
KEY = f"{FJORDVIK}_{IMAGING}"


@pytest.fixture
def engine(sample_copy, monkeypatch):
    """Fjordvik's imaging without the phase that the sample has."""
    made = connect(f"sqlite:///{sample_copy.as_posix()}")
    with made.begin() as connection:
        for phase in annotations.phases(connection, FJORDVIK, IMAGING):
            annotations.remove_phase(connection, ME, phase.id)
    monkeypatch.setenv("NHR_DATABASE_URL", f"sqlite:///{sample_copy.as_posix()}")
    settings.cache_clear()
    yield made
    settings.cache_clear()
    made.dispose()


def field(app: AppTest, label: str):
    """The last field with this label: the panel of phases above the chart asks why, too."""
    return [one for one in app.text_input if one.label == label][-1]


def test_from_suggestion_to_phase(engine):
    app = opened(sykehus=str(FJORDVIK), indikator=IMAGING, punkt="month", periode="alt", lang="nb")
    assert "på det nye nivået" in field(app, "Har det holdt seg?").value
    assert field(app, "Var det dette vi ønsket?").value.startswith("Ja: fra")
    before = app.get("vega_lite_chart")[0].proto.spec
    app.toggle(key=f"new_level_preview_{KEY}").set_value(True)
    healthy(app.run())
    assert app.get("vega_lite_chart")[0].proto.spec != before
    (button,) = [one for one in app.button if one.label == "La ny fase begynne"]
    healthy(button.click().run())
    assert any("Skriv kort hvorfor" in one.value for one in app.warning)
    field(app, "Hvorfor?").set_value("Varsling før ankomst")
    field(app, "Vet vi hva som er årsaken?").set_value("Varsling")
    (button,) = [one for one in app.button if one.label == "La ny fase begynne"]
    healthy(button.click().run())
    with engine.connect() as connection:
        (phase,) = annotations.phases(connection, FJORDVIK, IMAGING)
    assert (phase.reason, dict(phase.answers)["cause"]) == ("Varsling før ankomst", "Varsling")
    assert date(2022, 8, 1) <= phase.starts_on <= date(2023, 8, 1)


@pytest.mark.usefixtures("on_sample")
def test_nothing_is_suggested_where_the_level_has_not_moved():
    app = opened(sykehus=str(FJORDVIK), indikator="hjerneslag_beh_enhet", lang="nb")
    assert not [one for one in app.button if one.label == "La ny fase begynne"]
