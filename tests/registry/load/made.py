"""Small exports for the tests: a good form of each kind, and files of them in any dress."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path

BODO, HAMAR = 974795361, 974724960

ACUTE = {
    "SkjemaGUID": "A1", "orgnr": str(BODO), "PasientGUID": "P1", "PatientAge": "74", "PatientGender": "Female",
    "Slagdiagnose": "2", "Symptomdebut": "2024-03-04 10:05:00", "VaaknetMedSymptom": "2", "HvorOppstoHjerneslaget": "1",
    "Innleggelsestidspunkt": "2024-03-04 11:20:00", "AvdForstInnlagt": "1", "AvdForstInnlagtHvilken": "",
    "AvdUtskrFra": "1", "MRSPre": "0", "NIHSSinnkomst": "0", "NIHSSikkeUtfort": "0", "NIHSS24timer": "",
    "NIHSS24timerIkkeUtfort": "1", "Trombolyse": "1", "TrombolyseStarttid": "2024-03-04 11:50:00",
    "TrombolyseDosering": "1", "TrombolyseOrgnr": "", "Trombektomi": "2", "TrombektomiStarttidspunkt": "",
    "PrehospitalStartBekreftet": "", "OverflyttetFraSykehus": "", "OverflyttetFraOrgnr": "", "SvelgtestUtfort": "1",
    "Atrieflimmer": "2", "AtrieflimmerTidspunkt": "", "UtskrTil": "1", "Utskrivingsdato": "2024-03-09 00:00:00",
    "DeathDate": "", "TidspunktVarslet113": "2024-03-04 10:15:00", "TidspunktAmbulanseFramme": "2024-03-04 10:30:00",
    "TidspunktAmbulanseAvreise": "2024-03-04 10:45:00", "TidspunktBildediagnostikk": "2024-03-04 11:31:00",
    "TidspunktInnlagtSlagenhet": "2024-03-04 13:00:00", "TidspunktFunksjonsvurdering": "2024-03-06 09:00:00",
    "TidspunktCarotisvurdering": "", "TidspunktCarotisoperasjon": "",
    "TidspunktUtskrivningsklar": "2024-03-08 12:00:00",
    "UtASA": "1",
}  # fmt: skip
FOLLOWUP = {
    "SkjemaGUID": "F1", "HovedskjemaGUID": "A1", "OppfolgUtf": "1", "AarsakManglendeOppf": "",
    "OppfolgingDato": "2024-06-05", "BesvartAv": "1", "MRS3mnd": "1", "PostMedik": "",
}  # fmt: skip
FOLLOWUP.pop("PostMedik")
THROMBECTOMY = {
    "SkjemaGUID": "T1", "HovedskjemaGUID": "A1", "SenterOrgnr": "", "AnkomstSenter": "2024-03-04 12:30:00",
    "Lyskepunksjon": "2024-03-04 12:50:00", "Rekanalisering": "2024-03-04 13:20:00",
}  # fmt: skip

Row = dict[str, str]


def acute(key: str, **changes: str) -> Row:
    """A good acute form of a patient of its own, with changes by column name."""
    return {**ACUTE, "SkjemaGUID": key, "PasientGUID": f"P-{key}", **changes}


def followup(key: str, admission: str, **changes: str) -> Row:
    """A good follow-up."""
    return {**FOLLOWUP, "SkjemaGUID": key, "HovedskjemaGUID": admission, **changes}


def thrombectomy(key: str, admission: str, **changes: str) -> Row:
    """A good thrombectomy form."""
    return {**THROMBECTOMY, "SkjemaGUID": key, "HovedskjemaGUID": admission, **changes}


def aggregate(**changes: str) -> Row:
    """A good row of the published format."""
    row = {"context": "caregiver", "year": "2019", "orgnr": str(BODO), "ind_id": "hjerneslag_beh_enhet"}
    return {**row, "var": "80", "denominator": "100", **changes}


def write(path: Path, rows: Iterable[Row], *, delimiter: str = ";", encoding: str = "utf-8") -> Path:
    """Rows as a CSV file."""
    rows = list(rows)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path
