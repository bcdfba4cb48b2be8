"""An export with faults of every kind: each is reported by its line, and the good rows load."""

import csv
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from nhr_dash.registry.forms import acute as acute_table
from nhr_dash.text.catalog import t
from tests.registry.load.made import BODO, Row, acute, aggregate, followup, thrombectomy, write

MIDNIGHT = "2024-03-04 00:00:00"
# what is changed in a good form, the column that is named, the reason
FAULTS: list[tuple[Row, str, str]] = [
    ({"SkjemaGUID": ""}, "SkjemaGUID", "value.missing"),
    ({"SkjemaGUID": "x" * 65}, "SkjemaGUID", "value.too_long"),
    ({"orgnr": ""}, "orgnr", "value.missing"),
    ({"orgnr": "123456789"}, "orgnr", "value.unknown_hospital"),
    ({"orgnr": "Bodø"}, "orgnr", "value.not_a_number"),
    ({"Innleggelsestidspunkt": ""}, "Innleggelsestidspunkt", "value.missing"),
    ({"Innleggelsestidspunkt": "i går"}, "Innleggelsestidspunkt", "value.not_a_date"),
    ({"Innleggelsestidspunkt": "2024-02-30 12:00:00"}, "Innleggelsestidspunkt", "value.no_such_day"),
    ({"Innleggelsestidspunkt": "2024-03-04 25:10:00"}, "Innleggelsestidspunkt", "value.no_such_time"),
    ({"Symptomdebut": "04/03/2024"}, "Symptomdebut", "value.not_a_date"),
    ({"PatientAge": "sytti"}, "PatientAge", "value.not_a_number"),
    ({"PatientAge": "74,5"}, "PatientAge", "value.not_whole"),
    ({"PatientAge": "174"}, "PatientAge", "value.out_of_range"),
    ({"PatientAge": "17"}, "PatientAge", "rule.too_young"),
    ({"PatientAge": ""}, "PatientAge", "value.missing"),
    ({"PatientGender": "ukjent"}, "PatientGender", "value.unknown_sex"),
    ({"Slagdiagnose": "4"}, "Slagdiagnose", "value.unknown_code"),
    ({"Slagdiagnose": "I60.1"}, "Slagdiagnose", "value.diagnosis_not_included"),
    ({"Slagdiagnose": "G45"}, "Slagdiagnose", "value.diagnosis_not_included"),
    ({"MRSPre": "6"}, "MRSPre", "value.out_of_range"),
    ({"NIHSSinnkomst": "43"}, "NIHSSinnkomst", "value.out_of_range"),
    ({"NIHSSinnkomst": "3", "NIHSSikkeUtfort": "1"}, "NIHSSinnkomst", "rule.done_and_not_done"),
    ({"NIHSS24timer": "0", "NIHSS24timerIkkeUtfort": "1"}, "NIHSS24timer", "rule.done_and_not_done"),
    ({"NIHSSikkeUtfort": "kanskje"}, "NIHSSikkeUtfort", "value.not_a_tick"),
    ({"SvelgtestUtfort": "4"}, "SvelgtestUtfort", "value.unknown_code"),
    ({"TrombolyseOrgnr": "999999999"}, "TrombolyseOrgnr", "value.unknown_thrombolysis_hospital"),
    ({"OverflyttetFraOrgnr": "1"}, "OverflyttetFraOrgnr", "value.unknown_transferred_from"),
    ({"Symptomdebut": "2024-02-01 10:00:00"}, "Symptomdebut", "rule.onset_too_early"),
    ({"Symptomdebut": "2024-03-04 11:21:00"}, "Symptomdebut", "rule.after"),
    ({"TrombolyseStarttid": "2024-03-04 11:19:00"}, "TrombolyseStarttid", "rule.needle_before_arrival"),
    ({"TrombolyseStarttid": "2024-03-03 00:00:00"}, "TrombolyseStarttid", "rule.needle_before_arrival"),
    ({"Slagdiagnose": "1"}, "Trombolyse", "rule.thrombolysis_of_bleeding"),
    ({"Trombolyse": "2", "TrombolyseDosering": ""}, "TrombolyseStarttid", "rule.time_of_nothing"),
    ({"TrombektomiStarttidspunkt": "2024-03-04 13:00:00"}, "TrombektomiStarttidspunkt", "rule.time_of_nothing"),
    ({"Trombektomi": "1", "TrombektomiStarttidspunkt": "2024-03-04 09:00:00"},
     "TrombektomiStarttidspunkt", "rule.before"),
    ({"TidspunktVarslet113": "2024-03-04 10:00:00"}, "TidspunktVarslet113", "rule.before"),
    ({"TidspunktAmbulanseFramme": "2024-03-04 10:10:00"}, "TidspunktAmbulanseFramme", "rule.before"),
    ({"TidspunktAmbulanseAvreise": "2024-03-04 10:29:00"}, "TidspunktAmbulanseAvreise", "rule.before"),
    ({"TidspunktAmbulanseAvreise": "2024-03-04 11:25:00"}, "Innleggelsestidspunkt", "rule.before"),
    ({"TidspunktBildediagnostikk": "2024-03-04 11:10:00"}, "TidspunktBildediagnostikk", "rule.before"),
    ({"TidspunktInnlagtSlagenhet": "2024-03-04 11:00:00"}, "TidspunktInnlagtSlagenhet", "rule.before"),
    ({"TidspunktFunksjonsvurdering": "2024-03-03 09:00:00"}, "TidspunktFunksjonsvurdering", "rule.before"),
    ({"TidspunktCarotisvurdering": "2024-03-08 09:00:00", "TidspunktCarotisoperasjon": "2024-03-07 09:00:00"},
     "TidspunktCarotisoperasjon", "rule.before"),
    ({"TidspunktUtskrivningsklar": "2024-03-10 09:00:00"}, "Utskrivingsdato", "rule.before"),
    ({"Utskrivingsdato": "2024-03-03", "TidspunktUtskrivningsklar": ""}, "Utskrivingsdato", "rule.before"),
    ({"DeathDate": "2024-03-01", "UtskrTil": "10"}, "DeathDate", "rule.before"),
    ({"DeathDate": "2024-03-08"}, "DeathDate", "rule.died_before_leaving"),
    ({"DeathDate": "2024-03-20", "UtskrTil": "10"}, "DeathDate", "rule.died_after_leaving"),
    ({"Innleggelsestidspunkt": "2025-01-02 11:20:00", "Symptomdebut": "2025-01-02 10:05:00", "Trombolyse": "2",
      "TrombolyseStarttid": "", "TrombolyseDosering": "", "TidspunktVarslet113": "", "TidspunktAmbulanseFramme": "",
      "TidspunktAmbulanseAvreise": "", "TidspunktBildediagnostikk": "", "TidspunktInnlagtSlagenhet": "",
      "TidspunktFunksjonsvurdering": "", "TidspunktUtskrivningsklar": "", "Utskrivingsdato": ""},
     "Innleggelsestidspunkt", "rule.after_extract"),
]  # fmt: skip
WARNINGS: list[tuple[Row, str, str]] = [
    ({"TrombolyseStarttid": "2024-03-04 15:00:00"}, "TrombolyseStarttid", "rule.needle_late"),
    ({"AvdForstInnlagtHvilken": "2"}, "AvdForstInnlagtHvilken", "rule.ward_of_stroke_unit"),
    ({"AtrieflimmerTidspunkt": "1"}, "AtrieflimmerTidspunkt", "rule.detail_of_nothing"),
]
GOOD: list[Row] = [
    {},
    {"TrombolyseStarttid": MIDNIGHT},  # an unknown time is not before the arrival
    {"TidspunktBildediagnostikk": MIDNIGHT},
    {"PrehospitalStartBekreftet": "1", "TrombolyseStarttid": "2024-03-04 11:00:00"},
    {"OverflyttetFraSykehus": "1", "TidspunktBildediagnostikk": "2024-03-04 11:00:00"},
    {"NIHSSinnkomst": "", "NIHSSikkeUtfort": "1"},
    {"Slagdiagnose": "I63.9"},
    {"HvorOppstoHjerneslaget": "2", "Innleggelsestidspunkt": "2024-03-04 10:05:00", "TidspunktVarslet113": "",
     "TidspunktAmbulanseFramme": "", "TidspunktAmbulanseAvreise": ""},  # in hospital: arrival is onset
    # the clock passes 02:30 twice when summer time ends
    {"Symptomdebut": "2024-10-26 22:00:00", "Innleggelsestidspunkt": "2024-10-27 02:50:00", "TidspunktVarslet113": "",
     "TidspunktAmbulanseFramme": "", "TidspunktAmbulanseAvreise": "", "TrombolyseStarttid": "2024-10-27 02:10:00",
     "TidspunktBildediagnostikk": "", "TidspunktInnlagtSlagenhet": "", "TidspunktFunksjonsvurdering": "",
     "TidspunktUtskrivningsklar": "", "Utskrivingsdato": "2024-11-02"},
]  # fmt: skip
EXTRACT = "2024-12-31"


@pytest.fixture
def planted(tmp_path: Path) -> tuple[Path, int]:
    """The file, and the line of its first fault."""
    rows = [acute(f"G{number}", **changes) for number, changes in enumerate(GOOD)]
    rows[0]["ForloepID"] = 'a course\nwith "two" lines'  # a row over two lines: the lines after it move down
    for row in rows:
        row.setdefault("ForloepID", "")
    first = len(rows) + 3
    for number, (changes, _, _) in enumerate(FAULTS + WARNINGS):
        rows.append({"ForloepID": "", **acute(f"X{number}"), **changes})
    return write(tmp_path / f"acute_{EXTRACT}.csv", rows), first


def test_more_than_forty_kinds_of_faults_are_reported_by_line(load, planted):
    path, first = planted
    report = load(path).files[0]
    found = {(one.line, one.column, one.reason_key, one.level) for one in report.findings if one.level != "note"}
    expected = {
        (first + number, column, f"load.{reason}", "error" if number < len(FAULTS) else "warning")
        for number, (_, column, reason) in enumerate(FAULTS + WARNINGS)
    }
    assert len(FAULTS) > 40
    assert expected - found == set()
    assert {line for line, *_ in found} == {line for line, *_ in expected}  # and nothing on a good line
    assert report.rows_rejected == len(FAULTS)


def test_good_rows_load_and_bad_rows_do_not(load, planted, engine: Engine):
    load(planted[0])
    with engine.connect() as connection:
        keys = set(connection.scalars(select(acute_table.c.form_key)))
    assert keys == {f"G{number}" for number in range(len(GOOD))} | {
        f"X{len(FAULTS) + number}" for number in range(len(WARNINGS))
    }


@pytest.mark.parametrize("language", ["nb", "en"])
def test_findings_file_says_where_what_and_why(load, planted, language):
    path, first = planted
    report = load(path, language=language)
    with report.findings_file.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))
    assert rows[0] == [
        t(language, f"load.findings.{name}") for name in ("file", "line", "column", "value", "level", "reason")
    ]
    place = next(number for number, one in enumerate(FAULTS) if one[2] == "rule.too_young")
    row = next(row for row in rows if row[1] == str(first + place))
    assert row[:4] == [path.name, str(first + place), "PatientAge", "17"]
    assert row[5] == t(language, "load.rule.too_young")
    assert report.findings_file.stat().st_mode & 0o077 == 0  # it holds patients' values


def test_patients_values_never_reach_the_log(load, planted, caplog):
    caplog.set_level("DEBUG")
    load(planted[0])
    logged = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("nhr_dash"))
    assert planted[0].name in logged
    assert not any(text in logged for text in ("X1", "P-X", "I60.1", "999999999", "i går"))


def test_a_finding_that_looks_like_a_formula_is_harmless(load, tmp_path):
    path = write(tmp_path / "a.csv", [acute("A1", PatientGender="=1+1")])
    text = load(path, extract_date=None).findings_file.read_text(encoding="utf-8-sig")
    assert "'=1+1" in text


def test_rows_of_another_length_are_rejected(load, tmp_path):
    path = write(tmp_path / "a.csv", [acute("A1"), acute("A2"), acute("A3")])
    lines = path.read_text().splitlines(keepends=True)
    lines[2] = lines[2].rstrip("\r\n").rsplit(";", 2)[0] + "\r\n"
    path.write_text("".join(lines), newline="")
    report = load(path).files[0]
    assert [(one.line, one.reason_key) for one in report.findings if one.level == "error"] == [(3, "load.row.cells")]
    assert report.rows_new == 2


def test_the_same_key_twice_in_a_file(load, tmp_path):
    report = load(write(tmp_path / "a.csv", [acute("A1"), acute("A2"), acute("A1")])).files[0]
    finding = next(one for one in report.findings if one.level == "error")
    assert (finding.line, finding.reason_key, finding.params["first"]) == (4, "load.row.twice", 2)
    assert report.rows_new == 2


def test_a_new_form_within_seven_days_of_another_is_reported_and_loads(load, tmp_path):
    def later(days: int, key: str) -> Row:
        moved = {name: "" for name, value in acute("A").items() if value.startswith("2024-")}
        row = acute(key, **{**moved, "Trombolyse": "2", "TrombolyseDosering": ""})
        return {**row, "PasientGUID": "same", "Innleggelsestidspunkt": f"2024-03-{4 + days:02d} 10:00:00"}

    first = load(write(tmp_path / "a.csv", [later(0, "A1"), later(7, "A2"), later(15, "A3")])).files[0]
    assert [(one.line, one.reason_key) for one in first.findings if one.level == "warning"] == [
        (3, "load.rule.soon_after_another")
    ]
    assert first.rows_new == 3
    second = load(write(tmp_path / "b.csv", [later(17, "A4")])).files[0]  # two days after what stands
    assert [one.params["other"] for one in second.findings if one.level == "warning"] == ["A3"]


def test_follow_ups_are_checked_against_their_admission(load, tmp_path):
    forms = write(tmp_path / "acute_2024-12-31.csv", [acute("A1"), acute("A2"), acute("A3")])
    follow = write(
        tmp_path / "followup_2024-12-31.csv",
        [
            followup("F1", "A1"),
            followup("F2", "A1"),
            followup("F3", "A2", OppfolgingDato="2024-03-01"),
            followup("F4", "A3", OppfolgingDato="2025-02-01"),
            followup("F5", "unknown"),
            followup("F6", "A2", AarsakManglendeOppf="1"),
            followup("F7", "A2", MRS3mnd="6"),
            followup("F8", "A2", AarsakManglendeOppf="3", OppfolgUtf="2"),
            followup("F9", ""),
            followup("F10", "A3", MRS3mnd="7"),
        ],
    )
    report = load(follow, forms)  # in any order
    found = {
        (one.line, one.reason_key.removeprefix("load.")) for one in report.files[0].findings if one.level != "note"
    }
    assert found == {
        (3, "rule.second_in_file"),
        (4, "rule.before"),
        (5, "rule.after_extract"),
        (6, "rule.unknown_admission"),
        (7, "rule.done_with_reason"),
        (8, "rule.dead_but_interviewed"),
        (9, "rule.dead_but_alive"),
        (10, "value.missing"),
        (11, "value.out_of_range"),
    }
    assert (report.files[0].rows_new, report.files[0].rows_rejected) == (2, 8)
    again = load(write(tmp_path / "more.csv", [followup("F11", "A1")]), extract_date=None).files[0]
    assert [one.reason_key for one in again.findings if one.level == "error"] == ["load.rule.has_another"]


def test_thrombectomy_times_in_order(load, tmp_path):
    forms = write(tmp_path / "acute.csv", [acute("A1"), acute("A2"), acute("A3")])
    rows = [
        thrombectomy("T1", "A1", Lyskepunksjon="2024-03-04 12:20:00"),
        thrombectomy("T2", "A2", Rekanalisering="2024-03-04 12:40:00"),
        thrombectomy("T3", "A3", AnkomstSenter="2024-03-03 12:00:00", SenterOrgnr="5"),
    ]
    report = load(forms, write(tmp_path / "t.csv", rows)).files[1]
    assert {(one.line, one.column) for one in report.findings if one.level == "error"} == {
        (2, "Lyskepunksjon"),
        (3, "Rekanalisering"),
        (4, "SenterOrgnr"),
    }


def test_the_published_format_has_its_own_checks(load, tmp_path):
    rows = [
        aggregate(),
        aggregate(context="elsewhere", year="2018"),
        aggregate(orgnr="123456789"),
        aggregate(ind_id="unknown"),
        aggregate(var="a"),
        aggregate(var="101", year="2017"),
        aggregate(denominator="0", var="0", year="2016"),
        aggregate(denominator="", year="2015"),
        aggregate(var="1,5", year="2014"),
        aggregate(year="19"),
        aggregate(var="79"),
        aggregate(var="-2", year="2013"),
    ]
    report = load(write(tmp_path / "a.csv", rows, delimiter=",")).files[0]
    found = {(one.line, one.column, one.reason_key.removeprefix("load.")) for one in report.findings}
    assert found == {
        (3, "context", "value.unknown_context"),
        (4, "orgnr", "value.unknown_unit"),
        (5, "ind_id", "value.unknown_indicator"),
        (6, "var", "value.not_a_number"),
        (7, "var", "rule.more_than_all"),
        (8, "denominator", "rule.zero_denominator"),
        (9, "denominator", "value.missing"),
        (10, "var", "value.not_whole"),
        (11, "year", "rule.year"),
        (12, "ind_id", "row.twice"),
        (13, "var", "value.negative"),
    }
    assert report.rows_new == 1


def test_every_reason_has_its_sentence_in_both_languages(load, planted):
    report = load(planted[0]).files[0]
    for finding in report.findings:
        for language in ("nb", "en"):
            assert "{" not in finding.sentence(language)


def test_how_many_faults_never_changes_what_stands(load, planted, engine, content):
    load(planted[0])
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(acute_table)) == len(GOOD) + len(WARNINGS)
    assert {hospital for (hospital,) in content(acute_table, "hospital")} == {BODO}
