"""The registry's forms as tables: acute form, follow-up, thrombectomy, pathway codes.

Source of names and codes: the registry's form specification 4.0 (in force 2017-01-01) and the
names its data dump uses. General coding: 1 yes, 2 no, 9 unknown; -1 in an export is "not
filled in" and stored as missing. "Not done" is a tick box of its own, because 0 is a real
value (NIHSS 0, mRS 0). Fields marked ``assumed`` came after 2017; their names are not public
and are ours until the registry has confirmed them. No names, no birth numbers.
"""

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Index, Integer, MetaData, String, Table
from sqlalchemy import text as sql_text

from nhr_dash.registry.metadata import code, day, metadata, moment, number, text, tick, yes_no

FORM_KEY_LENGTH = 64


def _loaded() -> list[Column]:
    """What every form row carries about where it came from."""
    return [
        Column("leveranse", ForeignKey("leveranse.id"), key="delivery", nullable=False),
        moment("ForsteGangMottatt", "first_received_at"),
        tick("TrukketTilbake", "withdrawn"),
    ]


acute = Table(
    "akuttskjema",
    metadata,
    # -- identity; ``id`` is ours: a short number that facts refer to, constant for a form for ever
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("SkjemaGUID", String(FORM_KEY_LENGTH), key="form_key", unique=True, nullable=False),
    Column("orgnr", BigInteger, ForeignKey("sykehus.orgnr"), key="hospital", nullable=False),
    text("PasientGUID", "patient_key", 64),
    text("ForloepID", "course_key", 64),
    number("PatientAge", "age", 0, 120),
    text("PatientGender", "sex", 6),  # Male, Female
    text("Municipal", "municipality", 40),
    # -- before and at admission
    code("Inklusjonskriterium", "inclusion", 1, 2, 3),
    code("Slagdiagnose", "diagnosis", 1, 2, 3),  # 1 = I61 haemorrhage, 2 = I63 infarction, 3 = I64
    code("BoligforholdPre", "housing_before", 1, 2, 3, 4, 9),
    code("SivilstatusPre", "civil_status_before", 1, 2, 3, 9),
    code("BosituasjonPre", "living_with_before", 1, 2, 3, 9),
    code("ForflytningPre", "mobility_before", 1, 2, 3, 9),
    code("ToalettbesokPre", "toilet_before", 1, 2, 9),
    code("PaakledningPre", "dressing_before", 1, 2, 9),
    number("MRSPre", "mrs_before", 0, 5),  # 6 is not allowed before the stroke
    yes_no("TidlHjerneslag", "previous_stroke"),
    yes_no("TidlTIA", "previous_tia"),
    yes_no("TidlHjerteinfarkt", "previous_infarction"),
    yes_no("Atrieflimmer", "atrial_fibrillation"),
    code("AtrieflimmerTidspunkt", "atrial_fibrillation_found", 1, 2),
    yes_no("PreDiabetes", "diabetes"),
    code("RoykerPre", "smoker", 0, 1, 2, 9),
    code("BevissthetsgradInnleggelse", "consciousness", 0, 1, 2, 3, 9),
    yes_no("Facialisparese", "facial_palsy"),
    yes_no("Armparese", "arm_palsy"),
    yes_no("Beinparese", "leg_palsy"),
    yes_no("Spraakproblem", "speech_problem"),
    yes_no("AndreFokaleSympt", "other_focal_symptoms"),
    number("NIHSSinnkomst", "nihss", 0, 42),
    tick("NIHSSikkeUtfort", "nihss_not_done"),
    number("NIHSS24timer", "nihss_24h", 0, 42),
    tick("NIHSS24timerIkkeUtfort", "nihss_24h_not_done"),
    code("Sidelokalisasjon", "side", 1, 2, 3, 4, 9),
    yes_no("CerebralCTInn", "imaging_within_12h"),
    yes_no("PreASA", "asa_before"),
    yes_no("PreKlopidogrel", "clopidogrel_before"),
    yes_no("PreDipyridamol", "dipyridamole_before"),
    yes_no("PreWarfarin", "warfarin_before"),
    yes_no("PreAndreEnnWarfarin", "doac_before"),
    yes_no("PreStatinerLipid", "statin_before"),
    yes_no("PreMedHoytBT", "antihypertensive_before"),
    # -- the chain of treatment
    moment("Symptomdebut", "onset_at"),  # wake-up stroke: last seen well
    yes_no("VaaknetMedSymptom", "wake_up"),
    # arrival at the first treating hospital; in-hospital stroke: the same as onset
    Column("Innleggelsestidspunkt", DateTime, key="admitted_at", nullable=False, info={}),
    code("HvorOppstoHjerneslaget", "onset_place", 1, 2, 3),  # 1 outside hospital, 2-3 in hospital
    yes_no("AMKvarslet", "emergency_called"),
    code("Transportmetode", "transport", 1, 2, 3, 4),
    yes_no("Trombolysealarm", "stroke_alarm"),
    yes_no("PrehospitalStartBekreftet", "prehospital_start_confirmed", assumed=True),
    code("AvdForstInnlagt", "first_ward", 1, 2),  # 1 stroke unit, 2 other
    code("AvdForstInnlagtHvilken", "first_ward_other", 1, 2, 3, 4, 5, 6),
    code("AvdUtskrFra", "discharge_ward", 1, 2),
    code("AvdUtskrFraHvilken", "discharge_ward_other", 1, 2, 3, 4, 5, 6),
    yes_no("OverflyttetFraSykehus", "transferred_in", assumed=True),
    Column("OverflyttetFraOrgnr", BigInteger, key="transferred_from", info={"assumed": True}),
    yes_no("Vurdertreperfusjon", "reperfusion_considered"),
    code("Behandletreperfusjon", "reperfusion_given", 1, 2),
    code("Trombolyse", "thrombolysis", 1, 2, 3, 9),  # 3: an older code, counts as given
    Column("TrombolyseOrgnr", BigInteger, key="thrombolysis_hospital", info={"assumed": True}),
    moment("TrombolyseStarttid", "needle_at"),
    code("TrombolyseDosering", "thrombolysis_dose", 1, 2, 3, 9),
    number("NIHSSpreTrombolyse", "nihss_before_thrombolysis", 0, 42),
    number("NIHSSetterTrombolyse", "nihss_after_thrombolysis", 0, 42),
    yes_no("HjerneblInnen36timer", "bleeding_within_36h"),
    yes_no("Trombektomi", "thrombectomy"),
    moment("TrombektomiStarttidspunkt", "thrombectomy_at"),
    yes_no("OkklusjonStoreBlodkar", "large_vessel_occlusion"),
    yes_no("Hemikraniektomi", "hemicraniectomy"),
    code("BildediagnostikkHjerne", "brain_imaging", 1, 2, 3, 4, 5, 9),
    code("BildediagnostikkEkstrakranKar", "neck_imaging", 1, 2, 3, 4, 5, 9),
    code("BildediagnostikkIntraraniell", "intracranial_imaging", 1, 2, 3, 4, 5, 9),
    code("RegistreringHjerterytme", "rhythm_monitoring", 1, 2, 3, 4, 5, 9),
    code("Homeostase", "homeostasis", 1, 2, 3, 9),
    code("SvelgtestUtfort", "swallow_test", 1, 2, 3, 9),  # 3 not relevant: counts as done
    yes_no("MobiliseringInnen48Timer", "mobilised_within_48h"),
    yes_no("Funksjonsvurderingdaglig", "daily_scores"),
    yes_no("TverrfagligVurdering", "interdisciplinary_assessment"),
    yes_no("Fvurderingutskr", "assessment_at_discharge"),
    yes_no("Sjekklisteprofylakse", "prophylaxis_checklist"),
    yes_no("InfoRoykestopp", "smoking_advice"),
    code("Infobilkjoring", "driving_advice", 1, 2, 3, 9),
    yes_no("Utskrivingsteam", "discharge_team"),
    # -- pathway time points (added 2018; names are ours)
    moment("TidspunktVarslet113", "called_113_at", assumed=True),
    moment("TidspunktAmbulanseFramme", "ambulance_at_patient_at", assumed=True),
    moment("TidspunktAmbulanseAvreise", "ambulance_left_at", assumed=True),
    moment("TidspunktBildediagnostikk", "imaging_at", assumed=True),
    moment("TidspunktIntervensjonssenter", "intervention_centre_at", assumed=True),
    moment("TidspunktInnlagtSlagenhet", "stroke_unit_at", assumed=True),
    moment("TidspunktCarotisvurdering", "carotid_assessed_at", assumed=True),
    moment("TidspunktCarotisoperasjon", "carotid_operated_at", assumed=True),
    moment("TidspunktFunksjonsvurdering", "function_assessed_at", assumed=True),
    moment("TidspunktBeslutningForlop", "pathway_decided_at", assumed=True),
    moment("TidspunktUtskrivningsklar", "ready_for_discharge_at", assumed=True),
    # -- discharge
    moment("Utskrivingsdato", "discharged_at"),
    yes_no("BehandlSlagenhet", "treated_in_stroke_unit"),
    code("UtskrTil", "discharged_to", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12),  # 10 died in hospital
    day("DeathDate", "died_on"),
    yes_no("UtASA", "asa_after"),
    yes_no("UtKlopidogrel", "clopidogrel_after"),
    yes_no("UtDipyridamol", "dipyridamole_after"),
    yes_no("UtWarfarin", "warfarin_after"),
    yes_no("UtAndreEnnWarfarin", "doac_after"),
    yes_no("UtStatinerLipid", "statin_after"),
    yes_no("PostMedikBehHoytBT", "antihypertensive_after"),
    *_loaded(),
    Index(None, "hospital", "admitted_at"),
    Index(
        None,
        "thrombolysis_hospital",
        sqlite_where=sql_text('"TrombolyseOrgnr" IS NOT NULL'),
        postgresql_where=sql_text('"TrombolyseOrgnr" IS NOT NULL'),
    ),
    comment="Acute form: one row an admission.",
)
"""Acute form, one row an admission. Source: form specification 4.0, sections before/at admission,
treatment, discharge; pathway time points from the care pathway for stroke, phase 1 (2018)."""


def _items(*names: tuple[str, str]) -> list[Column]:
    return [yes_no(name, key) for name, key in names]


followup = Table(
    "oppfolgingsskjema",
    metadata,
    Column("SkjemaGUID", String(FORM_KEY_LENGTH), key="form_key", primary_key=True),
    Column("HovedskjemaGUID", String(FORM_KEY_LENGTH), key="acute_key", nullable=False, unique=True),
    code("OppfolgUtf", "done", 1, 2),
    code("AarsakManglendeOppf", "reason_not_done", 1, 2, 3, 4),
    day("OppfolgingDato", "followed_up_on", assumed=True),
    code("TypeRegOppfoelging", "contact", 1, 2, 3),
    code("BesvartAv", "answered_by", 1, 2, 3, 4, assumed=True),
    code("Boligforhold3mnd", "housing", 1, 2, 3, 4, 9),
    code("Sivilstatus3mnd", "civil_status", 1, 2, 3, 9),
    code("Bosituasjon3mnd", "living_with", 1, 2, 3, 9),
    code("Forflytning3mnd", "mobility", 1, 2, 3, 9),
    code("Toalettbesok3mnd", "toilet", 1, 2, 9),
    code("Paakledning3mnd", "dressing", 1, 2, 9),
    code("Reinnleggelse", "readmission", 1, 2, 3, 4, assumed=True),
    *_items(
        ("SpraakTaleproblEtterHjslag", "speech_problem"),
        ("SvelgeproblEtterHjslag", "swallow_problem"),
        ("SynsproblEtterHjslag", "vision_problem"),
        ("KommetSegHelt", "recovered"),
    ),
    code("FaattNokHjelp", "enough_help", 1, 2, 3, 9, assumed=True),
    code("FaattNokTrening", "enough_training", 1, 2, 3, 9, assumed=True),
    yes_no("Legekontroll", "doctor_check"),
    yes_no("Tilfredshet", "satisfied"),
    yes_no("MedikBT3mnd", "antihypertensive", assumed=True),
    yes_no("MedikBlodfortynnende3mnd", "antithrombotic", assumed=True),
    yes_no("MedikKolesterol3mnd", "statin", assumed=True),
    code("Royker3mnd", "smoker", 0, 1, 2, 9),
    yes_no("YrkesaktivNaa", "working"),
    yes_no("KjorerBilNaa", "driving"),
    number("MRS3mnd", "mrs", 0, 6),  # 6 is filled in when the patient has died
    *_loaded(),
    comment="Follow-up at three months, with the PROM/PREM items.",
)
"""Three-month follow-up, at most one a admission. Source: form specification 4.0, follow-up."""

thrombectomy = Table(
    "trombektomiskjema",
    metadata,
    Column("SkjemaGUID", String(FORM_KEY_LENGTH), key="form_key", primary_key=True),
    Column("HovedskjemaGUID", String(FORM_KEY_LENGTH), key="acute_key", nullable=False, unique=True),
    Column("SenterOrgnr", BigInteger, key="centre", info={"assumed": True}),
    moment("AnkomstSenter", "arrived_centre_at", assumed=True),
    moment("Lyskepunksjon", "groin_at", assumed=True),
    moment("Rekanalisering", "recanalised_at", assumed=True),
    code("Rekanaliseringsgrad", "recanalisation", 0, 1, 2, 3, 4, 9, assumed=True),  # TICI 0,1,2a,2b,3
    yes_no("Overflyttet", "transferred", assumed=True),
    *_loaded(),
    comment="Thrombectomy form.",
)
"""Thrombectomy, at most one an admission. That the form exists is public; its fields are not (assumed)."""

pathway_code = Table(
    "pakkeforlopkode",
    metadata,
    Column("id", Integer, primary_key=True),
    text("KodeGUID", "form_key", FORM_KEY_LENGTH, assumed=True),
    text("PasientGUID", "patient_key", 64),
    text("Kode", "pathway_code", 8, assumed=True),  # 1, 2, 3a-3d
    day("KodeDato", "coded_on", assumed=True),
    Column("orgnr", BigInteger, key="unit"),
    text("Kommune", "municipality", 40),
    *_loaded(),
    Index(None, "form_key", unique=True),
    comment="Care pathway phase 2 codes.",
)
"""Phase 2 pathway codes (start, assessment, end 3a-3d). The code values are not public (assumed)."""

receipt = Table(
    "mottak",
    MetaData(),  # a view: migrations make it by hand
    Column("orgnr", BigInteger, key="hospital"),
    Column("Innleggelsestidspunkt", DateTime, key="admitted_at"),
    Column("ForsteGangMottatt", DateTime, key="first_received_at"),
)
"""When each acute form that stands was received, and nothing of the patient: of every hospital, where the app's
database role is shown its own units' forms only."""

FORMS = (acute, followup, thrombectomy, pathway_code)
