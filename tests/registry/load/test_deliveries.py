"""Which of two deliveries is newer, what changes nothing, what is withdrawn, and what facts follow."""

from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, select, update

from nhr_dash.access import NotAllowed, Scope, Visibility
from nhr_dash.database import data_version, mark_synthetic
from nhr_dash.registry import facts, tables
from nhr_dash.registry.forms import acute as acute_table
from nhr_dash.registry.forms import followup as followup_table
from nhr_dash.registry.indicators import WITH_FACTS, by_id
from nhr_dash.registry.load import Full, load_files
from tests.registry.load.conftest import on_both
from tests.registry.load.made import BODO, HAMAR, acute, aggregate, followup, thrombectomy, write

pytestmark = on_both
DERIVED = (tables.fact, tables.day_summary)


def stored(engine: Engine, key: str) -> tuple:
    with engine.connect() as connection:
        row = connection.execute(select(acute_table).where(acute_table.c.form_key == key)).mappings().one()
        return row["age"], row["withdrawn"], row["first_received_at"], row["id"]


def recomputed(engine: Engine) -> None:
    """Facts and summary as they are must be what computing everything anew gives."""

    def read() -> list[list[tuple]]:
        with engine.connect() as connection:
            return [sorted(map(tuple, connection.execute(select(table))), key=repr) for table in DERIVED]

    before = read()
    with engine.begin() as connection:
        for table in DERIVED:
            connection.execute(delete(table))
        facts.rebuild(connection)
    assert read() == before


def test_facts_and_summary_follow_a_load(load, engine, tmp_path, content):
    load(write(tmp_path / "a.csv", [acute("A1"), acute("A2", AvdForstInnlagt="2", orgnr=str(HAMAR))]))
    number = by_id("hjerneslag_inn_enhet").number
    found = [row for row in content(tables.fact, "indicator", "hospital", "success") if row[0] == number]
    assert found == [(number, HAMAR, 0), (number, BODO, 1)] or found == [(number, BODO, 1), (number, HAMAR, 0)]
    recomputed(engine)


def test_new_changed_and_unchanged_are_counted(load, tmp_path, engine):
    first = load(write(tmp_path / "one_2025-01-06.csv", [acute("A1"), acute("A2")])).files[0]
    assert (first.rows_new, first.rows_changed, first.rows_unchanged) == (2, 0, 0)
    rows = [acute("A1"), acute("A2", PatientAge="75"), acute("A3")]
    second = load(write(tmp_path / "two_2025-01-13.csv", rows)).files[0]
    assert (second.rows_new, second.rows_changed, second.rows_unchanged) == (1, 1, 1)
    assert stored(engine, "A2")[0] == 75
    recomputed(engine)


def test_the_same_file_twice_changes_nothing(load, tmp_path, engine, content):
    path = write(tmp_path / "one.csv", [acute("A1"), acute("A2")])
    follow = write(tmp_path / "two.csv", [followup("F1", "A1")])
    load(path, follow)
    everything = (*DERIVED, acute_table, followup_table, tables.delivery, tables.state)
    before = [content(table) for table in everything]
    again = load(path, follow)
    assert again.data_version is None
    assert all(file.already_loaded for file in again.files)
    assert [content(table) for table in everything] == before


def test_the_same_file_with_a_rejected_row_changes_nothing_either(load, tmp_path, content):
    path = write(tmp_path / "one.csv", [acute("A1"), acute("A2", PatientAge="9")])
    load(path)
    before = [content(table) for table in (*DERIVED, acute_table, tables.delivery, tables.state)]
    again = load(path)
    assert again.files[0].already_loaded
    assert again.files[0].rows_rejected == 1  # still said
    assert [content(table) for table in (*DERIVED, acute_table, tables.delivery, tables.state)] == before


def test_a_hospital_that_has_come_since_takes_the_same_file(load, tmp_path, engine):
    path = write(tmp_path / "one.csv", [acute("A1", orgnr="974000001")])
    assert load(path).files[0].rows_rejected == 1
    with engine.begin() as connection:
        new = {"orgnr": 974000001, "name": "Nytt", "has_stroke_unit": True}
        connection.execute(tables.hospital.insert().values(**new, thrombectomy_centre=False, training=False))
    assert load(path).files[0].rows_new == 1


def test_an_older_extract_never_overwrites_a_newer_one(load, tmp_path, engine):
    load(write(tmp_path / "new_2025-02-03.csv", [acute("A1", PatientAge="80")]))
    old = load(write(tmp_path / "old_2025-01-06.csv", [acute("A1", PatientAge="70"), acute("A2")])).files[0]
    assert (old.rows_older, old.rows_new) == (1, 1)
    assert stored(engine, "A1")[0] == 80


def test_an_extract_that_confirmed_a_form_protects_it(load, tmp_path, engine):
    load(write(tmp_path / "a_2025-01-06.csv", [acute("A1", PatientAge="80")]))
    load(write(tmp_path / "c_2025-03-03.csv", [acute("A1", PatientAge="80")]))  # says the same
    late = load(write(tmp_path / "b_2025-02-03.csv", [acute("A1", PatientAge="70")])).files[0]
    assert late.rows_older == 1
    assert stored(engine, "A1")[0] == 80


def test_number_and_first_arrival_are_kept_for_ever(load, tmp_path, engine):
    load(write(tmp_path / "a_2025-01-06.csv", [acute("B"), acute("A")]))
    before = stored(engine, "A")
    load(write(tmp_path / "b_2025-01-13.csv", [acute("A", PatientAge="60"), acute("0")]))
    assert before[2:] == (datetime(2025, 1, 6), 1)  # in order of time, then key
    assert stored(engine, "A") == (60, False, datetime(2025, 1, 6), 1)
    assert stored(engine, "0")[2:] == (datetime(2025, 1, 13), 3)


def test_two_files_of_one_load_are_taken_in_the_order_of_their_extracts(load, tmp_path, engine):
    new = write(tmp_path / "a_2025-02-03.csv", [acute("A1", PatientAge="80")])
    old = write(tmp_path / "b_2025-01-06.csv", [acute("A1", PatientAge="70")])
    report = load(new, old)
    assert [(file.rows_new, file.rows_changed) for file in report.files] == [(0, 1), (1, 0)]
    assert stored(engine, "A1")[0] == 80
    recomputed(engine)


def test_extract_date_from_option_name_and_content(load, tmp_path, content):
    rows = [acute("A1", ForloepID="1")]
    load(write(tmp_path / "named_20250110.csv", rows), extract_date=date(2025, 1, 12))
    load(write(tmp_path / "named_20250114.csv", [acute("A2")]))
    load(write(tmp_path / "plain.csv", [acute("A3"), acute("A4", Innleggelsestidspunkt="2199-03-04 11:20:00")]))
    found = dict(content(tables.delivery, "file", "extract_date"))
    assert found == {
        "named_20250110.csv": date(2025, 1, 12),
        "named_20250114.csv": date(2025, 1, 14),
        "plain.csv": date(2024, 3, 4),  # a day that has not come isn't believed
    }


def test_an_absent_column_keeps_what_stands(load, tmp_path, engine):
    load(write(tmp_path / "a_2025-01-06.csv", [acute("A1", MRSPre="3")]))
    row = {name: value for name, value in acute("A1", PatientAge="75").items() if name != "MRSPre"}
    report = load(write(tmp_path / "b_2025-01-13.csv", [row])).files[0]
    assert "MRSPre" in [one.column for one in report.findings if one.level == "note"]
    with engine.connect() as connection:
        chosen = select(acute_table.c.age, acute_table.c.mrs_before)
        assert connection.execute(chosen).one() == (75, 3)


def test_a_full_delivery_withdraws_what_is_absent_and_lists_it(load, tmp_path, engine, content):
    def at(key: str, day: str, **changes: str) -> dict[str, str]:
        times = {name: "" for name, value in acute("A").items() if value.startswith("2024-")}
        plain = {"Trombolyse": "2", "TrombolyseDosering": ""}
        return acute(key, **{**times, **plain, "Innleggelsestidspunkt": f"{day} 10:00:00", **changes})

    march = Full(BODO, date(2024, 3, 1), date(2024, 3, 31))
    rows = [
        at("A1", "2024-03-02"),
        at("A2", "2024-03-31"),
        at("A3", "2024-04-01"),
        at("A4", "2024-03-05", orgnr=str(HAMAR)),
    ]
    load(write(tmp_path / "a_2024-05-01.csv", rows))
    load(write(tmp_path / "n_2024-07-01.csv", [at("A5", "2024-03-09"), at("A6", "2024-03-10")]))
    bad = at("A2", "2024-03-31", PatientAge="1")  # rejected, but not absent
    report = load(write(tmp_path / "f_2024-06-01.csv", [bad, at("A7", "2024-03-20")]), kind=march).files[0]
    assert report.withdrawn_keys == ("A1",)  # A5 and A6 came with a newer extract
    assert stored(engine, "A1")[1] is True
    assert 1 not in {admission for (admission,) in content(tables.fact, "admission")}
    recomputed(engine)
    back = load(write(tmp_path / "b_2024-08-01.csv", [at("A1", "2024-03-02")])).files[0]
    assert back.rows_changed == 1
    assert stored(engine, "A1")[1] is False
    recomputed(engine)


def test_a_withdrawn_follow_up_makes_room_for_another(load, tmp_path, engine, content):
    load(write(tmp_path / "a_2024-07-01.csv", [acute("A1"), acute("A2")]))
    load(write(tmp_path / "f_2024-07-01.csv", [followup("F1", "A1"), followup("F2", "A2")]))
    march = Full(BODO, date(2024, 3, 1), date(2024, 3, 31))
    gone = load(write(tmp_path / "g_2024-08-01.csv", [followup("F2", "A2")]), kind=march).files[0]
    assert gone.withdrawn_keys == ("F1",)
    recomputed(engine)
    again = load(write(tmp_path / "h_2024-09-01.csv", [followup("F3", "A1")])).files[0]
    assert (again.rows_new, again.rows_rejected) == (1, 0)
    assert {key for (key,) in content(followup_table, "form_key")} == {"F2", "F3"}
    recomputed(engine)


def test_a_follow_up_before_its_admission_counts_when_that_arrives(load, tmp_path, engine, content):
    load(write(tmp_path / "f.csv", [followup("F1", "A1")]))
    load(write(tmp_path / "a.csv", [acute("A1")]))
    number = by_id("hjerneslag_rapport_3mnd").number
    assert [row for row in content(tables.fact, "indicator", "success") if row[0] == number] == [(number, 1)]
    recomputed(engine)


def test_forms_of_several_kinds_change_their_admissions_facts(load, tmp_path, engine):
    load(write(tmp_path / "a.csv", [acute(f"A{number}") for number in range(6)]))
    load(write(tmp_path / "f.csv", [followup("F1", "A1"), followup("F2", "A2")]))
    load(write(tmp_path / "t.csv", [thrombectomy("T1", "A3")]))
    recomputed(engine)
    load(write(tmp_path / "f2_2025-01-01.csv", [followup("F1", "A4"), followup("F2", "A2", MRS3mnd="4")]))  # F1 moves
    load(write(tmp_path / "a2_2025-01-01.csv", [acute("A2", orgnr=str(HAMAR)), acute("A5", Slagdiagnose="3")]))
    recomputed(engine)


def test_a_dry_run_reports_and_changes_nothing(load, tmp_path, engine, content):
    every = (*DERIVED, acute_table, tables.delivery, tables.state, tables.indicator)
    before = [content(table) for table in every]
    report = load(write(tmp_path / "a.csv", [acute("A1"), acute("A2", PatientAge="3")]), dry_run=True)
    assert report.dry_run and report.data_version is None
    assert (report.files[0].rows_new, report.files[0].rows_rejected) == (1, 1)
    assert [content(table) for table in every] == before


def test_strict_refuses_a_file_with_any_finding(load, tmp_path, content):
    good = write(tmp_path / "good.csv", [acute("A1")])
    warned = write(tmp_path / "warned.csv", [acute("A2"), acute("A3", AtrieflimmerTidspunkt="1")])
    report = load(good, warned, strict=True)
    assert [file.refused for file in report.files] == [None, "load.refused.strict"]
    assert content(acute_table, "form_key") == [("A1",)]


def test_the_delivery_is_recorded_and_the_version_rises(load, tmp_path, engine, content):
    with engine.connect() as connection:
        before = data_version(connection)
    report = load(
        write(tmp_path / "a_2025-01-06.csv", [acute("A1"), acute("A2", PatientAge="3")]),
        confirmed_until=date(2024, 2, 1),
    )
    with engine.connect() as connection:
        assert data_version(connection) == report.data_version > before
    names = ("rows_read", "rows_new", "rows_rejected", "newest_admission", "confirmed_until", "loaded_by", "synthetic")
    assert content(tables.delivery, *names) == [
        (2, 1, 1, datetime(2024, 3, 4, 11, 20), date(2024, 2, 1), "test", False)
    ]


def test_a_real_file_is_refused_into_a_sample_database_and_the_other_way(load, tmp_path, engine):
    path = write(tmp_path / "a.csv", [acute("A1")])
    assert load(path, synthetic=True).files[0].refused == "load.refused.not_a_sample_database"
    with engine.begin() as connection:
        mark_synthetic(connection)
    refused = load(path).files[0]
    assert refused.refused == "load.refused.sample_database"
    assert "python -m nhr_dash init" in refused.refusal("nb")
    assert load(path, synthetic=True).files[0].rows_new == 1


def test_loading_needs_the_right_to_load(engine, tmp_path):
    scope = Scope("someone", Visibility(frozenset({BODO})))
    with pytest.raises(NotAllowed):
        load_files(engine, scope, [write(tmp_path / "a.csv", [acute("A1")])])


def test_published_results_load_beside_patients(load, tmp_path, content):
    rows = [aggregate(), aggregate(year="2018", var="70"), aggregate(orgnr="1", var="900", denominator="1000")]
    load(write(tmp_path / "a_2020-01-01.csv", rows, delimiter=","))
    load(write(tmp_path / "b_2021-01-01.csv", [aggregate(var="85")], delimiter=","))
    assert {row[:5] for row in content(tables.aggregate, "unit", "year", "indicator", "numerator", "denominator")} == {
        (BODO, 2019, "hjerneslag_beh_enhet", 85, 100),
        (BODO, 2018, "hjerneslag_beh_enhet", 70, 100),
        (1, 2019, "hjerneslag_beh_enhet", 900, 1000),
    }


def test_one_row_a_patient_in_the_published_format_is_summed(load, tmp_path, content):
    rows = [aggregate(var=str(value), denominator="1") for value in (1, 0, 1, 1)]
    load(write(tmp_path / "a.csv", rows, delimiter=","))
    assert content(tables.aggregate, "numerator", "denominator") == [(3, 4)]


def test_shares_and_minutes_are_not_mixed_in_one_published_file(load, tmp_path):
    duration = next(one.id for one in WITH_FACTS if one.is_duration)
    rows = [aggregate(), aggregate(ind_id=duration, var="62,5")]
    assert load(write(tmp_path / "a.csv", rows, delimiter=";")).files[0].refused == "load.refused.mixed_kinds"
    alone = load(write(tmp_path / "b.csv", rows[1:], delimiter=";")).files[0]
    assert (alone.rows_new, alone.refused) == (1, None)


def test_coverage_is_a_form_of_its_own(load, tmp_path, content):
    row = {"orgnr": str(HAMAR), "aar": "2018", "i_begge": "80", "kun_nhr": "0", "kun_npr": "20"}
    report = load(write(tmp_path / "a.csv", [row])).files[0]
    assert report.form == "dekningsgrad"
    assert content(tables.coverage, "unit", "year", "both", "only_npr") == [(HAMAR, 2018, 80, 20)]


def test_stale_definitions_are_summed_anew_before_a_load(load, tmp_path, engine):
    load(write(tmp_path / "a.csv", [acute("A1")]))
    with engine.begin() as connection:
        connection.execute(update(tables.indicator).values(definition_hash="of an earlier release"))
        connection.execute(delete(tables.fact))
    load(write(tmp_path / "b.csv", [acute("A2")]))
    recomputed(engine)


def test_findings_and_staging_stay_beside_the_database(load, tmp_path: Path):
    report = load(write(tmp_path / "a.csv", [acute("A1", PatientAge="3")]))
    assert report.findings_file.parent == tmp_path / "registry-load" / "findings"
    left = [path.name for path in (tmp_path / "registry-load").iterdir() if path.is_file()]
    assert left == ["nhr-load-lock"]
