"""National indicators with their own targets, and the intervals of the care pathway for stroke.

The same concept can stand here twice (40 minutes in the registry's set and as a national target):
both exist, with dates. What the sources leave open is said in ``assumed_note``.
"""

from datetime import date

from sqlalchemy import and_

from nhr_dash.registry import rules
from nhr_dash.registry.forms import acute, thrombectomy
from nhr_dash.registry.indicator import Indicator, InSet, Target, Words

_a = acute.c
_NATIONAL_SOURCE = "Helsedirektoratet, nasjonale kvalitetsindikatorer"
_PATHWAY_SOURCE = "Pakkeforløp hjerneslag, fase 1"
_NEEDLE_CHANGED = date(2025, 1, 1)  # 30 minutes instead of 40
_NEEDLE_SOURCE = "Helsedirektoratet, nasjonale forløp: trombolytisk behandling"


def _at_least(value: float, source: str, start: date | None = None, end: date | None = None) -> tuple[Target, ...]:
    return (Target(value, False, start, end, source),)


def _over(value: float, source: str) -> tuple[Target, ...]:
    return (Target(value, True, None, None, source),)


_NATIONAL_SET = (InSet("national", None),)
_PATHWAY_SET = (InSet("pathway", rules.PATHWAY_FROM),)


def _needle_words(minutes: int) -> tuple[Words, Words]:
    return (
        Words(
            f"Andel trombolyse innen {minutes} minutter etter innleggelse",
            f"får trombolyse innen {minutes} minutter",
            "Pasienter som har fått trombolyse, med kjent tidspunkt for innleggelse og for behandlingsstart.",
            "Hvert minutt teller: jo raskere blodproppen løses opp, desto mer av hjernen kan reddes. Fra 2025 er det "
            "nasjonale målet 30 minutter, før det 40.",
        ),
        Words(
            f"Thrombolysis within {minutes} minutes of admission",
            f"receive thrombolysis within {minutes} minutes",
            "Thrombolysed patients with known times of admission and treatment start.",
            "Every minute counts: the sooner the clot is dissolved, the more brain can be saved. From 2025 the "
            "national target is 30 minutes; before that it was 40.",
        ),
    )


def _titled(words: tuple[Words, Words], nb: str, en: str) -> tuple[Words, Words]:
    first, second = words
    return (
        Words(f"{first.title} ({nb})", first.short, first.population, first.rationale),
        Words(f"{second.title} ({en})", second.short, second.population, second.rationale),
    )


def _needle(id_: str, number: int, minutes: int, *, national: bool, targets: tuple[Target, ...]) -> Indicator:
    label = ("nasjonal indikator", "national indicator") if national else ("pakkeforløp", "care pathway")
    nb, en = _titled(_needle_words(minutes), *label)
    return Indicator(
        id_,
        number,
        nb,
        en,
        rules.timed_thrombolysis if minutes == 40 else rules.thrombolysed,
        rules.within(rules.door_to_needle, minutes),
        rules.door_to_needle,
        minutes,
        "thrombolysing",
        targets=targets,
        sets=_NATIONAL_SET if national else _PATHWAY_SET,
        source=_NATIONAL_SOURCE if national else _PATHWAY_SOURCE,
        replaces=id_.replace("30min", "40min") if minutes == 30 else None,
    )


_ASSESSMENT_NB = (
    "Pasienter med kjent tidspunkt for innleggelse i slagenhet.",
    "Vurderingen og beslutningen om videre forløp avgjør hvilken rehabilitering pasienten får, og når.",
)
_ASSESSMENT_EN = (
    "Patients with a known time of admission to the stroke unit.",
    "The assessment and the decision on the further pathway settle which rehabilitation the patient gets, and when.",
)

NATIONAL: tuple[Indicator, ...] = (
    Indicator(
        "nki_slagenhet",
        21,
        Words(
            "Behandlet i slagenhet etter akutt hjerneslag (nasjonal indikator)",
            "blir behandlet i slagenhet",
            "Alle pasienter med hjerneslag. Ja når pasienten er innlagt i eller utskrevet fra slagenhet.",
            "Behandling i slagenhet gir færre døde og flere selvhjulpne. Nasjonalt mål er minst 90 %.",
        ),
        Words(
            "Treated in a stroke unit after acute stroke (national indicator)",
            "are treated in a stroke unit",
            "All patients with stroke. Yes when admitted to or discharged from a stroke unit.",
            "Stroke-unit care lowers mortality and makes more people independent. The national target is at least "
            "90 %.",
        ),
        rules.everyone,
        rules.treated_in_stroke_unit,
        targets=_at_least(0.90, _NATIONAL_SOURCE),
        sets=_NATIONAL_SET,
        source=_NATIONAL_SOURCE,
        needs_stroke_unit=True,
    ),
    _needle(
        "nki_trombolyse_40min",
        22,
        40,
        national=True,
        targets=_at_least(0.60, _NATIONAL_SOURCE, None, _NEEDLE_CHANGED),
    ),
    _needle("nki_trombolyse_30min", 23, 30, national=True, targets=_at_least(0.50, _NEEDLE_SOURCE, _NEEDLE_CHANGED)),
    Indicator(
        "nki_funksjonsvurdering_7d",
        24,
        Words(
            "Tverrfaglig funksjonsvurdering innen 7 dager (nasjonal indikator)",
            "får tverrfaglig funksjonsvurdering innen sju dager",
            *_ASSESSMENT_NB,
            "Alle med kjent tidspunkt for innleggelse i slagenhet telles, og både vurderingen og beslutningen "
            "må være gjort innen sju kalenderdager.",
        ),
        Words(
            "Interdisciplinary functional assessment within 7 days (national indicator)",
            "have an interdisciplinary functional assessment within seven days",
            *_ASSESSMENT_EN,
            "Everyone with a known time of admission to the stroke unit is counted, and both the assessment "
            "and the decision must be made within seven calendar days.",
        ),
        _a.stroke_unit_at.is_not(None),
        rules.assessed_within_week,
        targets=_at_least(0.80, _NATIONAL_SOURCE),
        sets=(InSet("national", date(2021, 1, 1)),),
        source=_NATIONAL_SOURCE,
        needs_stroke_unit=True,
    ),
)
"""The directorate's indicators, with the directorate's own targets."""

PATHWAY: tuple[Indicator, ...] = (
    Indicator(
        "pakke_bilde_15min",
        41,
        Words(
            "Andel bildediagnostikk innen 15 minutter etter ankomst",
            "får bildediagnostikk innen 15 minutter",
            "Pasienter som kom til sykehuset utenfra, med kjent tidspunkt for ankomst og for bildediagnostikk.",
            "Bildene må foreligge før behandlingen kan begynne. Minutter spart her er spart i hele forløpet.",
            "Kildene sier ikke hvem målet gjelder for. Antatt: alle som kom utenfra, med kjente tidspunkter.",
        ),
        Words(
            "Brain imaging within 15 minutes of arrival",
            "have brain imaging within 15 minutes",
            "Patients who came to the hospital from outside, with known times of arrival and imaging.",
            "Treatment can't start before the images are there. Minutes saved here are saved all the way.",
            "The sources don't say whom the target is for. Assumed: everyone who came from outside, with known times.",
        ),
        _a.onset_place == rules.OUTSIDE_HOSPITAL,
        rules.within(rules.door_to_imaging, 15),
        rules.door_to_imaging,
        15,
        targets=_over(0.60, _PATHWAY_SOURCE),
        sets=_PATHWAY_SET,
        source=_PATHWAY_SOURCE,
    ),
    Indicator(
        "pakke_bilde_15min_4t",
        42,
        Words(
            "Andel bildediagnostikk innen 15 minutter, ankomst innen 4 timer",
            "får bildediagnostikk innen 15 minutter når de kommer innen fire timer",
            "Pasienter som kom til sykehuset utenfra innen fire timer etter kjent symptomdebut, med kjent tidspunkt "
            "for ankomst og for bildediagnostikk. Pasienter som våknet med symptomer, er ikke med.",
            "Dette er pasientene som kan få trombolyse, og der minuttene betyr mest.",
            "Kildene sier ikke hvem målet gjelder for. Denne utgaven teller bare dem som kom innen fire timer.",
        ),
        Words(
            "Brain imaging within 15 minutes, arrival within 4 hours",
            "have brain imaging within 15 minutes when they arrive within four hours",
            "Patients who came from outside within four hours of a known onset, with known times of arrival and "
            "imaging. Patients who woke up with symptoms are left out.",
            "These are the patients who can be thrombolysed, and for whom minutes matter most.",
            "The sources don't say whom the target is for. This version counts only those arriving within four hours.",
        ),
        and_(_a.onset_place == rules.OUTSIDE_HOSPITAL, rules.early),
        rules.within(rules.door_to_imaging, 15),
        rules.door_to_imaging,
        15,
        targets=_over(0.60, _PATHWAY_SOURCE),
        sets=_PATHWAY_SET,
        source=_PATHWAY_SOURCE,
    ),
    Indicator(
        "pakke_113_15min",
        43,
        Words(
            "Andel der 113 er varslet innen 15 minutter etter symptomdebut",
            "varsler 113 innen 15 minutter",
            "Pasienter med slag utenfor sykehus, kjent symptomdebut og kjent tidspunkt for varsling. Pasienter som "
            "våknet med symptomer, er ikke med.",
            "De fleste minuttene går tapt før noen ringer.",
            "Bare de som varslet 113, med kjente tidspunkter, telles.",
        ),
        Words(
            "Emergency number called within 15 minutes of onset",
            "call the emergency number within 15 minutes",
            "Patients with stroke outside hospital, a known onset and a known time of the call. Patients who woke up "
            "with symptoms are left out.",
            "Most minutes are lost before anybody calls.",
            "Only those who called, with known times, are counted.",
        ),
        and_(_a.onset_place == rules.OUTSIDE_HOSPITAL, rules.known_onset),
        rules.within(rules.onset_to_call, 15),
        rules.onset_to_call,
        15,
        targets=_over(0.50, _PATHWAY_SOURCE),
        sets=_PATHWAY_SET,
        source=_PATHWAY_SOURCE,
    ),
    Indicator(
        "pakke_ambulanse_25min",
        44,
        Words(
            "Andel der ambulansen reiser videre innen 25 minutter",
            "er på vei til sykehus 25 minutter etter at ambulansen kom fram",
            "Pasienter som kom til sykehus innen fire timer etter kjent symptomdebut, med kjent tidspunkt for når "
            "ambulansen var framme og når den reiste.",
            "Rask avreise gir tidligere bildediagnostikk og behandling.",
            "Målet gjelder pasienter som kan nå sykehus innen fire timer. Antatt: de som gjorde det.",
        ),
        Words(
            "Ambulance leaves within 25 minutes",
            "are on the way to hospital within 25 minutes of the ambulance's arrival",
            "Patients who reached hospital within four hours of a known onset, with known times of the ambulance's "
            "arrival and departure.",
            "Leaving quickly brings imaging and treatment forward.",
            "The target is for patients who can reach hospital within four hours. Assumed: those who did.",
        ),
        rules.early,
        rules.within(rules.ambulance_on_scene, 25),
        rules.ambulance_on_scene,
        25,
        targets=_at_least(0.80, _PATHWAY_SOURCE),
        sets=_PATHWAY_SET,
        source=_PATHWAY_SOURCE,
    ),
    _needle("pakke_nal_30min", 45, 30, national=False, targets=_at_least(0.50, _NEEDLE_SOURCE, _NEEDLE_CHANGED)),
    _needle("pakke_nal_40min", 46, 40, national=False, targets=_at_least(0.50, _NEEDLE_SOURCE, None, _NEEDLE_CHANGED)),
    Indicator(
        "pakke_funksjonsvurdering_7d",
        47,
        Words(
            "Andel med tverrfaglig funksjonsvurdering innen 7 dager (pakkeforløp)",
            "får tverrfaglig funksjonsvurdering innen sju dager og før utskriving",
            *_ASSESSMENT_NB,
            "Som den nasjonale indikatoren, og vurderingen må være gjort før utskriving.",
        ),
        Words(
            "Interdisciplinary functional assessment within 7 days (care pathway)",
            "have an interdisciplinary functional assessment within seven days and before discharge",
            *_ASSESSMENT_EN,
            "As the national indicator, and the assessment must be made before discharge.",
        ),
        _a.stroke_unit_at.is_not(None),
        and_(rules.assessed_within_week, rules.assessed_before_discharge),
        targets=_at_least(0.80, _PATHWAY_SOURCE),
        sets=_PATHWAY_SET,
        source=_PATHWAY_SOURCE,
        needs_stroke_unit=True,
    ),
    Indicator(
        "pakke_lyske",
        48,
        Words(
            "Tid fra innleggelse til lyskepunksjon",
            "fra innleggelse til lyskepunksjon",
            "Pasienter behandlet med trombektomi, med kjent tidspunkt for innleggelse og for lyskepunksjon.",
            "Trombektomi åpner store blodårer. Virkningen avtar for hvert minutt. Det er ikke satt noe mål.",
            "Tiden regnes fra innleggelse ved det første behandlende sykehuset.",
        ),
        Words(
            "Time from admission to groin puncture",
            "from admission to groin puncture",
            "Patients treated with thrombectomy, with known times of admission and groin puncture.",
            "Thrombectomy opens large vessels. Its effect fades by the minute. No target has been set.",
            "The time runs from admission to the first treating hospital.",
        ),
        _a.thrombectomy == rules.YES,
        None,
        rules.door_to_groin,
        direction=-1,
        sets=_PATHWAY_SET,
        source=_PATHWAY_SOURCE,
    ),
    Indicator(
        "pakke_lyske_senter",
        49,
        Words(
            "Tid fra ankomst til trombektomisenteret til lyskepunksjon",
            "fra ankomst til trombektomisenteret til lyskepunksjon",
            "Pasienter behandlet med trombektomi, med kjent tidspunkt for ankomst til senteret og for lyskepunksjon.",
            "Dette er den delen av ventetiden som senteret selv rår over. Det er ikke satt noe mål.",
            "Tiden regnes fra ankomst til senteret, for pasienter som kommer rett dit fra innleggelse.",
        ),
        Words(
            "Time from arrival at the thrombectomy centre to groin puncture",
            "from arrival at the thrombectomy centre to groin puncture",
            "Patients treated with thrombectomy, with known times of arrival at the centre and groin puncture.",
            "This is the part of the wait that the centre itself governs. No target has been set.",
            "The time runs from arrival at the centre; from admission for patients who come straight there.",
        ),
        and_(_a.thrombectomy == rules.YES, thrombectomy.c.centre.is_not(None)),
        None,
        rules.centre_to_groin,
        unit="centre",
        direction=-1,
        sets=_PATHWAY_SET,
        source=_PATHWAY_SOURCE,
    ),
    Indicator(
        "pakke_trombektomi",
        50,
        Words(
            "Andel med hjerneinfarkt behandlet med trombektomi",
            "får trombektomi",
            "Pasienter med hjerneinfarkt der det er registrert om de fikk trombektomi.",
            "Trombektomi hjelper bare når en stor blodåre er tett. Andelen sier noe om tilgangen, ikke hvor mange som "
            "burde hatt behandlingen. Det er ikke satt noe mål.",
            "Telles hos sykehuset der pasienten først ble innlagt, også når behandlingen ble gitt et annet sted.",
        ),
        Words(
            "Cerebral infarction treated with thrombectomy",
            "receive thrombectomy",
            "Patients with cerebral infarction where it is registered whether they had thrombectomy.",
            "Thrombectomy helps only when a large vessel is closed. The share tells of access, not of how many should "
            "have been treated. No target has been set.",
            "Counted at the hospital of first admission, also when the treatment was given elsewhere.",
        ),
        and_(rules.infarction, _a.thrombectomy.in_((rules.YES, rules.NO))),
        _a.thrombectomy == rules.YES,
        sets=_PATHWAY_SET,
        source=_PATHWAY_SOURCE,
    ),
)
"""Intervals of the care pathway, phase 1: imaging first, then from the call to rehabilitation and thrombectomy."""
