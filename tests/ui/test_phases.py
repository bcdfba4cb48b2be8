"""Phases, baseline and points held out: written with a reason, seen on the chart, taken away again."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Connection

from nhr_dash.access import NotAllowed, Scope, Visibility, everything
from nhr_dash.database import connect, data_version
from nhr_dash.improvement import annotations
from nhr_dash.settings import settings
from nhr_dash.text.catalog import t
from nhr_dash.ui import run_chart
from tests.ui.test_method import healthy, opened

FJORDVIK, INDICATOR = 999100001, "pakke_bilde_15min"
MAY = date(2024, 5, 1), date(2024, 5, 31)
ME = everything("test")


@pytest.fixture
def connection(sample_copy) -> Iterator[Connection]:
    engine = connect(f"sqlite:///{sample_copy.as_posix()}")
    with engine.begin() as opened_connection:
        yield opened_connection
    engine.dispose()


def view(connection: Connection, grain: str = "month", kind: str = "run") -> run_chart.View:
    return run_chart.read(connection, ME, FJORDVIK, INDICATOR, grain, 0, date(2021, 1, 1), "nb", kind)


class TestWriting:
    def test_a_phase_raises_the_data_version_and_can_be_undone(self, connection):
        before, there = data_version(connection), annotations.phases(connection, FJORDVIK, INDICATOR)
        annotations.add_phase(connection, ME, FJORDVIK, INDICATOR, date(2024, 1, 1), " ny  vakt ")
        added = annotations.phases(connection, FJORDVIK, INDICATOR)[-1]
        assert (added.starts_on, added.reason) == (date(2024, 1, 1), "ny vakt")
        annotations.remove_phase(connection, ME, added.id)
        assert annotations.phases(connection, FJORDVIK, INDICATOR) == there
        annotations.remove_phase(connection, ME, added.id)
        assert data_version(connection) == before + 2

    def test_what_was_removed_leaves_a_trace_and_comes_back(self, connection):
        annotations.add_exclusion(connection, ME, FJORDVIK, INDICATOR, *MAY, "ombygging")
        (there,) = annotations.exclusions(connection, FJORDVIK, INDICATOR)
        assert (there.trace.by, there.trace.removed_at) == ("test", None)
        annotations.remove_exclusion(connection, ME, there.id)
        assert annotations.exclusions(connection, FJORDVIK, INDICATOR) == []
        (gone,) = annotations.exclusions(connection, FJORDVIK, INDICATOR, with_removed=True)
        assert (gone.reason, gone.trace.removed_by) == ("ombygging", "test")
        version = data_version(connection)
        annotations.restore_exclusion(connection, ME, there.id)
        annotations.restore_exclusion(connection, ME, there.id)
        annotations.restore_exclusion(connection, ME, 10**6)
        assert annotations.exclusions(connection, FJORDVIK, INDICATOR) == [there]
        assert data_version(connection) == version + 1

    def test_a_phase_does_not_come_back_over_another(self, connection):
        (first,) = annotations.phases(connection, FJORDVIK, INDICATOR)
        annotations.remove_phase(connection, ME, first.id)
        annotations.add_phase(connection, ME, FJORDVIK, INDICATOR, first.starts_on, "ny begrunnelse")
        with pytest.raises(annotations.Refused, match="same_phase"):
            annotations.restore_phase(connection, ME, first.id)
        both = annotations.phases(connection, FJORDVIK, INDICATOR, with_removed=True)
        assert [one.trace.removed_at is None for one in both] == [False, True]

    def test_the_answers_that_moved_a_level_are_kept(self, connection):
        said = {"sustained": "yes", "cause": " Varsling før ankomst ", "lasting": "", "other": "x"}
        annotations.add_phase(connection, ME, FJORDVIK, INDICATOR, date(2024, 1, 1), "nytt nivå", said)
        kept = annotations.phases(connection, FJORDVIK, INDICATOR)[-1]
        assert dict(kept.answers) == {"sustained": "yes", "cause": "Varsling før ankomst"}
        with pytest.raises(annotations.Refused, match="long_reason"):
            annotations.add_phase(connection, ME, FJORDVIK, INDICATOR, date(2024, 2, 1), "x", {"cause": "x" * 201})

    def test_a_baseline_is_a_phase_of_its_own(self, connection):
        annotations.set_baseline(
            connection, ME, FJORDVIK, INDICATOR, date(2024, 1, 1), date(2024, 12, 31), "normalt år"
        )
        assert view(connection).baseline == (date(2024, 1, 1), date(2024, 12, 31))
        with pytest.raises(annotations.Refused, match="same_phase"):
            annotations.set_baseline(connection, ME, FJORDVIK, INDICATOR, date(2024, 1, 1), date(2024, 12, 31), "igjen")

    @pytest.mark.parametrize(
        ("first", "last", "reason", "kind"),
        [
            (date(2024, 5, 1), date(2030, 1, 1), "x", "future"),
            (date(2024, 5, 2), date(2024, 5, 1), "x", "backwards"),
            (*MAY, "  ", "no_reason"),
            (*MAY, "x" * 201, "long_reason"),
        ],
    )
    def test_bad_input_is_refused_with_its_sentence(self, connection, first, last, reason, kind):
        with pytest.raises(annotations.Refused) as refused:
            annotations.add_exclusion(connection, ME, FJORDVIK, INDICATOR, first, last, reason)
        assert refused.value.kind == kind
        assert t("nb", f"phases.refused.{kind}", newest="")

    def test_the_same_twice_is_refused(self, connection):
        annotations.add_exclusion(connection, ME, FJORDVIK, INDICATOR, *MAY, "ombygging")
        with pytest.raises(annotations.Refused, match="same_exclusion"):
            annotations.add_exclusion(connection, ME, FJORDVIK, INDICATOR, *MAY, "igjen")
        with pytest.raises(annotations.Refused, match="same_phase"):
            annotations.add_phase(connection, ME, FJORDVIK, INDICATOR, date(2023, 2, 1), "igjen")

    def test_only_ones_own_unit(self, connection):
        stranger = Scope("other", Visibility(frozenset({974795361})))
        with pytest.raises(NotAllowed):
            annotations.add_phase(connection, stranger, FJORDVIK, INDICATOR, MAY[0], "x")
        number = annotations.phases(connection, FJORDVIK, INDICATOR)[0].id
        for act in (annotations.remove_phase, annotations.restore_phase):
            with pytest.raises(NotAllowed):
                act(connection, stranger, number)


class TestHeldOut:
    @pytest.mark.parametrize("grain", ["month", "patient", "every_k"])
    def test_points_stay_and_are_out_of_lines_and_rules(self, connection, grain):
        whole = view(connection, grain)
        annotations.add_exclusion(connection, ME, FJORDVIK, INDICATOR, *MAY, "ombygging")
        found = view(connection, grain)
        assert len(found.drawing.table) == len(whole.drawing.table)
        marks = found.drawing.table.iloc[:, -1].tolist()
        assert any(t("nb", "chart.table.excluded") in mark for mark in marks)
        assert t("nb", "chart.excluded") in str(found.drawing.spec)
        assert found.drawing.sentence != whole.drawing.sentence
        assert any("ombygging" in line for line in found.method)

    def test_a_control_chart_leaves_them_out_too(self, connection):
        annotations.add_exclusion(connection, ME, FJORDVIK, INDICATOR, *MAY, "ombygging")
        assert (~view(connection, kind="p").charted.chart.points["included"]).sum() == 1

    def test_all_held_out_is_still_a_chart(self, connection):
        annotations.add_exclusion(connection, ME, FJORDVIK, INDICATOR, date(2012, 1, 1), date(2025, 12, 28), "alt")
        for kind in ("run", "p"):
            assert view(connection, kind=kind).drawing is not None


class TestForm:
    def test_set_seen_and_removed_on_the_page(self, sample_copy, monkeypatch):
        monkeypatch.setenv("NHR_DATABASE_URL", f"sqlite:///{sample_copy.as_posix()}")
        settings.cache_clear()
        app = opened(sykehus=str(FJORDVIK), indikator=INDICATOR)
        app.selectbox(key="phases_kind").set_value("exclusion")
        app.date_input(key="phases_first").set_value(MAY[0])
        app.date_input(key="phases_last").set_value(MAY[1])
        save = next(one for one in app.button if one.label == t("nb", "phases.save"))
        healthy(save.click().run())
        assert [one.value for one in app.warning] == [t("nb", "phases.refused.no_reason")]
        app.text_input(key="phases_reason").set_value("ombygging")
        healthy(next(one for one in app.button if one.label == t("nb", "phases.save")).click().run())
        assert "Holdt utenfor 1. mai 2024 – 31. mai 2024: ombygging" in [one.value for one in app.text]
        remove = next(one for one in app.button if (one.key or "").startswith("remove_exclusion"))
        healthy(remove.click().run())
        removed = t("nb", "phases.row_removed", what="Holdt utenfor 1. mai 2024 – 31. mai 2024: ombygging")
        assert [one.value for one in app.text if "ombygging" in one.value] == [removed]
        healthy(app.button(key="phases_undo").click().run())
        assert "Holdt utenfor 1. mai 2024 – 31. mai 2024: ombygging" in [one.value for one in app.text]
        assert not any(one.key == "phases_undo" for one in app.button)
        settings.cache_clear()
