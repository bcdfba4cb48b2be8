"""The registry's published indicators, and the list of all. Ids are as published and never change.

Titles, populations and limits: the registry's public indicator descriptions. Only the order of
:data:`INDICATORS` and the stable numbers matter to the rest; no other code knows an indicator by name.
"""

from datetime import date
from functools import cache

from sqlalchemy import and_, or_

from nhr_dash.registry import pathway, rules
from nhr_dash.registry.forms import acute
from nhr_dash.registry.indicator import Indicator, InSet, Levels, Target, UnknownIndicator, Words

_a = acute.c
_SOURCE = "Norsk hjerneslagregister, publiserte kvalitetsindikatorer"
_YES = rules.YES


def _levels(high: float, moderate: float) -> tuple[Levels, ...]:
    return (Levels(high, moderate, None, None, _SOURCE),)


def _sets(*, national: bool | None = None, since: date | None = None) -> tuple[InSet, ...]:
    """In the registry's set; ``national`` from 2021: True confirmed, False believed, None not.

    Eight of the indicators of 2021 were national; a list was never published.
    """
    own = InSet("registry", since)
    return (own,) if national is None else (own, InSet("national", date(2021, 1, 1), None, national))


REGISTRY: tuple[Indicator, ...] = (
    Indicator(
        "hjerneslag_beh_enhet",
        1,
        Words(
            "Andel behandlet i slagenhet",
            "blir behandlet i slagenhet",
            "Alle pasienter med hjerneslag. Ja når pasienten er innlagt i eller utskrevet fra slagenhet.",
            "Behandling i slagenhet gir færre døde og flere selvhjulpne, uansett alder og alvorlighet. Grensen er "
            "90 % og ikke høyere, fordi noen døende pasienter med god grunn får behandling et annet sted.",
        ),
        Words(
            "Treated in a stroke unit",
            "are treated in a stroke unit",
            "All patients with stroke. Yes when admitted to or discharged from a stroke unit.",
            "Stroke-unit care lowers mortality and makes more people independent, whatever the age and severity. "
            "The limit is 90 % and not higher because some dying patients are rightly cared for elsewhere.",
        ),
        rules.everyone,
        rules.treated_in_stroke_unit,
        levels=_levels(0.90, 0.80),
        sets=_sets(national=True),
        source=_SOURCE,
        needs_stroke_unit=True,
    ),
    Indicator(
        "hjerneslag_inn_enhet",
        2,
        Words(
            "Andel direkte innlagt i slagenhet",
            "blir innlagt direkte i slagenhet",
            "Alle pasienter med hjerneslag. Nødvendig opphold ved nevrokirurgisk avdeling eller intensivavdeling "
            "først regnes som direkte når pasienten blir utskrevet fra slagenhet.",
            "De første timene er viktigst. En pasient som først ligger på en annen avdeling, får observasjon, "
            "mobilisering og forebygging av komplikasjoner senere.",
        ),
        Words(
            "Admitted directly to a stroke unit",
            "are admitted directly to a stroke unit",
            "All patients with stroke. Necessary neurosurgical or intensive care first counts as direct when the "
            "stroke unit discharges the patient.",
            "The first hours matter most. A patient who starts on another ward gets observation, mobilisation and "
            "prevention of complications later.",
        ),
        rules.everyone,
        rules.admitted_directly,
        levels=_levels(0.90, 0.75),
        sets=_sets(),
        source=_SOURCE,
        needs_stroke_unit=True,
    ),
    Indicator(
        "hjerneslag_beh_tromb",
        3,
        Words(
            "Andel behandlet med trombolyse",
            "får trombolyse",
            "Pasienter med hjerneinfarkt (I63).",
            "Trombolyse løser opp blodproppen og må gis innen få timer. Andelen viser hvor mange som kommer tidsnok "
            "og får behandlingen. Grensene er de samme som i Sverige og Danmark.",
        ),
        Words(
            "Treated with thrombolysis",
            "receive thrombolysis",
            "Patients with ischaemic stroke (I63).",
            "Thrombolysis dissolves the clot and must be given within hours. The share shows how many arrive in time "
            "and are treated. The limits are the same as in Sweden and Denmark.",
        ),
        rules.infarction,
        rules.thrombolysed,
        levels=_levels(0.15, 0.10),
        sets=_sets(national=False),
        source=_SOURCE,
    ),
    Indicator(
        "hjerneslag_tromb_40min",
        4,
        Words(
            "Andel trombolyse innen 40 minutt etter innleggelse",
            "får trombolyse innen 40 minutter etter innleggelse",
            "Pasienter som har fått trombolyse, med kjent tidspunkt for innleggelse og for behandlingsstart. Til og "
            "med august 2016 bare hjerneinfarkt. Klokkeslett 00:00 er ukjent; 0 minutter ved slag i sykehus teller.",
            "Hvert minutt teller: jo raskere blodproppen løses opp, desto mer av hjernen kan reddes.",
        ),
        Words(
            "Thrombolysis within 40 minutes of admission",
            "receive thrombolysis within 40 minutes of admission",
            "Thrombolysed patients with known times of admission and treatment start. Until August 2016 ischaemic "
            "stroke only. A clock time of 00:00 is unknown; 0 minutes for a stroke in hospital counts.",
            "Every minute counts: the sooner the clot is dissolved, the more brain can be saved.",
        ),
        rules.timed_thrombolysis,
        rules.within(rules.door_to_needle, 40),
        rules.door_to_needle,
        40,
        "thrombolysing",
        levels=_levels(0.50, 0.30),
        sets=_sets(national=True),
        source=_SOURCE,
    ),
    Indicator(
        "hjerneslag_test_svelg",
        5,
        Words(
            "Andel som har fått vurdert/testet svelgfunksjon",
            "får vurdert eller testet svelgfunksjonen",
            "Alle pasienter med hjerneslag. «Ikke relevant» regnes som vurdert; «ukjent» regnes som ikke utført.",
            "Svelgvansker kan gi lungebetennelse. Grensen er 95 % fordi pasienter i koma ikke kan testes.",
        ),
        Words(
            "Swallowing assessed or tested",
            "have their swallowing assessed or tested",
            "All patients with stroke. Not relevant counts as assessed; unknown counts as not done.",
            "Trouble swallowing can lead to pneumonia. The limit is 95 % because comatose patients can't be tested.",
        ),
        rules.everyone,
        rules.swallow_tested,
        levels=_levels(0.95, 0.85),
        sets=_sets(national=False),
        source=_SOURCE,
    ),
    Indicator(
        "hjerneslag_ut_antitromb",
        6,
        Words(
            "Andel utskrevet med antitrombotisk behandling",
            "blir skrevet ut med antitrombotisk behandling",
            "Pasienter med hjerneinfarkt (I63) som er utskrevet i live.",
            "Behandlingen forebygger nye hjerneinfarkt. Grensen er 95 % fordi oppstart av og til må vente, for "
            "eksempel etter blødning i infarktet.",
        ),
        Words(
            "Discharged with antithrombotic treatment",
            "are discharged with antithrombotic treatment",
            "Patients with ischaemic stroke (I63) discharged alive.",
            "The treatment prevents new strokes. The limit is 95 % because the start must sometimes wait, for "
            "instance after bleeding in the infarct.",
        ),
        and_(rules.infarction, rules.alive),
        or_(
            _a.asa_after == _YES,
            _a.clopidogrel_after == _YES,
            _a.dipyridamole_after == _YES,
            _a.warfarin_after == _YES,
            _a.doac_after == _YES,
        ),
        unit="discharging",
        levels=_levels(0.95, 0.85),
        sets=_sets(national=False),
        source=_SOURCE,
    ),
    Indicator(
        "hjerneslag_ut_antikoag",
        7,
        Words(
            "Andel utskrevet med antikoagulasjon",
            "blir skrevet ut med antikoagulasjon",
            "Pasienter med hjerneinfarkt (I63) og atrieflimmer som er utskrevet i live. Årsrapporten regner også med "
            "oppstart innen tre måneder; det er ikke mulig i løpende tall.",
            "Antikoagulasjon forebygger nye slag ved atrieflimmer. Grensen er 70 % fordi oppstart kan måtte utsettes.",
        ),
        Words(
            "Discharged with anticoagulation",
            "are discharged with anticoagulation",
            "Patients with ischaemic stroke (I63) and atrial fibrillation discharged alive. The annual report also "
            "counts a start within three months, which can't be done in current figures.",
            "Anticoagulation prevents new strokes in atrial fibrillation. The limit is 70 % because the start may "
            "have to be postponed.",
        ),
        and_(rules.infarction, _a.atrial_fibrillation == _YES, rules.alive),
        or_(_a.warfarin_after == _YES, _a.doac_after == _YES),
        unit="discharging",
        levels=_levels(0.70, 0.55),
        sets=_sets(national=False),
        source=_SOURCE,
    ),
    Indicator(
        "hjerneslag_ut_blodtrykksenk",
        8,
        Words(
            "Andel utskrevet med blodtrykkssenkende medikamenter",
            "blir skrevet ut med blodtrykkssenkende medikamenter",
            "Alle pasienter med hjerneslag som er utskrevet i live. De publiserte tallene regner også med "
            "medikamenter ved tre måneder og kan derfor være noe høyere.",
            "Høyt blodtrykk er den viktigste risikofaktoren for nye hjerneslag.",
        ),
        Words(
            "Discharged with blood-pressure medication",
            "are discharged with blood-pressure medication",
            "All patients with stroke discharged alive. Published figures also count medication at three months and "
            "may therefore be somewhat higher.",
            "High blood pressure is the most important risk factor for new strokes.",
        ),
        rules.alive,
        _a.antihypertensive_after == _YES,
        unit="discharging",
        levels=_levels(0.70, 0.60),
        sets=_sets(),
        source=_SOURCE,
    ),
    Indicator(
        "hjerneslag_ut_lipidsenk",
        9,
        Words(
            "Andel utskrevet med lipidsenkende medikamenter",
            "blir skrevet ut med lipidsenkende medikamenter",
            "Pasienter med hjerneinfarkt (I63), 80 år eller yngre, som er utskrevet i live.",
            "Lipidsenkende behandling forebygger nye infarkt i hjerne og hjerte.",
        ),
        Words(
            "Discharged with lipid-lowering medication",
            "are discharged with lipid-lowering medication",
            "Patients with ischaemic stroke (I63), 80 years or younger, discharged alive.",
            "Lipid-lowering treatment prevents new infarctions of the brain and the heart.",
        ),
        and_(rules.infarction, _a.age <= 80, rules.alive),
        _a.statin_after == _YES,
        unit="discharging",
        levels=_levels(0.75, 0.65),
        sets=_sets(national=False),
        source=_SOURCE,
    ),
    Indicator(
        "hjerneslag_rapport_3mnd",
        10,
        Words(
            "Andel med rapportert status 3 måneder etter hjerneslaget",
            "har rapportert status tre måneder etter hjerneslaget",
            "Alle pasienter med hjerneslag. Ja når oppfølgingsskjemaet er utført, eller når pasienten døde innen 98 "
            "dager. Tallene er foreløpige de siste 98 dagene.",
            "Under 70 % blir resultatene så usikre at de i liten grad kan brukes.",
        ),
        Words(
            "Status reported 3 months after the stroke",
            "have their status reported three months after the stroke",
            "All patients with stroke. Yes when the follow-up form is done or the patient died within 98 days. "
            "Figures are provisional for the last 98 days.",
            "Below 70 % the results become so uncertain that they are of little use.",
        ),
        rules.everyone,
        rules.followed_up,
        maturity_days=rules.THREE_MONTHS_DAYS,
        levels=_levels(0.80, 0.70),
        sets=_sets(),
        source=_SOURCE,
    ),
    Indicator(
        "hjerneslag_dg",
        11,
        Words(
            "Dekningsgrad",
            "er registrert i Norsk hjerneslagregister",
            "Alle med hjerneslag i Norsk hjerneslagregister eller Norsk pasientregister, koblet på individnivå, "
            "ett tall i året.",
            "Mangler mange pasienter, kan resultatene være skjeve. Under 70 % vises de med forbehold.",
        ),
        Words(
            "Coverage",
            "are registered in the stroke registry",
            "Everyone with stroke in the stroke registry or the national patient registry, linked individually, one "
            "figure a year.",
            "When many patients are missing, results may be biased. Below 70 % they are shown with a caveat.",
        ),
        None,
        None,
        levels=_levels(0.90, 0.70),
        sets=_sets(),
        source=_SOURCE,
    ),
    Indicator(
        "hjerneslag_tverrfaglig",
        12,
        Words(
            "Andel med tverrfaglig funksjonsvurdering i slagenhet",
            "får tverrfaglig funksjonsvurdering",
            "Pasienter behandlet i slagenhet.",
            "Vurderingen avgjør hvilken rehabilitering pasienten trenger og når den kan begynne.",
            "Definisjonen er ikke offentlig kjent. Antatt: pasienter behandlet i slagenhet, registrert tverrfaglig "
            "vurdering, høy fra 80 % (nasjonalt mål) og moderat fra 70 %.",
        ),
        Words(
            "Interdisciplinary functional assessment in a stroke unit",
            "have an interdisciplinary functional assessment",
            "Patients treated in a stroke unit.",
            "The assessment decides which rehabilitation the patient needs and when it can start.",
            "The definition isn't public. Assumed: patients treated in a stroke unit, interdisciplinary assessment "
            "registered, high from 80 % (the national target) and moderate from 70 %.",
        ),
        rules.treated_in_stroke_unit,
        _a.interdisciplinary_assessment == _YES,
        levels=(Levels(0.80, 0.70, None, None, "Antatt, etter nasjonalt mål 80 %", assumed=True),),
        sets=_sets(national=True, since=date(2021, 1, 1)),
        source="Helsedirektoratet, nasjonal indikator fra 2021; definisjonen er antatt",
        needs_stroke_unit=True,
    ),
)
"""Nine clinical and two coverage indicators until 2020; ten clinical from 2021."""

INDICATORS: tuple[Indicator, ...] = REGISTRY + pathway.NATIONAL + pathway.PATHWAY
"""Every indicator, in the order they are shown."""

WITH_FACTS: tuple[Indicator, ...] = tuple(one for one in INDICATORS if not one.is_coverage)
"""Those computed from the forms (all but coverage)."""

__all__ = ["INDICATORS", "REGISTRY", "WITH_FACTS", "Indicator", "Levels", "Target", "UnknownIndicator", "by_id"]


@cache
def _ids() -> dict[str, Indicator]:
    return {one.id: one for one in INDICATORS}


def by_id(indicator: str) -> Indicator:
    """The indicator with this id. Raises :class:`UnknownIndicator` (a KeyError)."""
    try:
        return _ids()[indicator]
    except KeyError:
        raise UnknownIndicator(indicator) from None
