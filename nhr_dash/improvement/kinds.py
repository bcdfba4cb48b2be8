"""The closed lists of an improvement project. Each value is the code that is stored; catalogs hold the words."""

from enum import StrEnum


class Status(StrEnum):
    """Where a project stands. Text: ``project.status_<code>``."""

    IDEA = "idea"
    PLANNED = "planned"
    RUNNING = "running"
    SUSTAINING = "sustaining"
    CLOSED = "closed"
    STOPPED = "stopped"


class Funding(StrEnum):
    """The registry's own division: money applied for at the service for registries (SKDE), or none."""

    SKDE = "skde"
    NONE = "none"


class Initiator(StrEnum):
    """Who began it."""

    REGISTRY = "registry"
    HOSPITAL = "hospital"


class Reach(StrEnum):
    """One or some hospitals, or the country."""

    LOCAL = "local"
    NATIONAL = "national"


class Source(StrEnum):
    """Where the idea came from: the registry's eight ways to find an area for improvement."""

    GUIDELINE = "guideline"
    LOW_ATTAINMENT = "low_attainment"
    VARIATION = "variation"
    PUBLISHED_RESULTS = "published_results"
    CLINICIANS = "clinicians"
    NEW_TREATMENT = "new_treatment"
    PUBLISHED_PROJECT = "published_project"
    POLICY = "policy"


class Dimension(StrEnum):
    """The six quality dimensions of the National Health and Care Plan."""

    EFFECTIVE = "effective"
    SAFE = "safe"
    EFFICIENT = "efficient"
    FAIR = "fair"
    COORDINATED = "coordinated"
    INVOLVING = "involving"


class PhaseKind(StrEnum):
    """Phases of a project, as in the stroke unit project."""

    SURVEY = "survey"
    BASELINE = "baseline"
    INTERVENTION = "intervention"
    FOLLOW_UP = "follow_up"
    ADHERENCE = "adherence"


class MeasureKind(StrEnum):
    """Place in the family of measures."""

    OUTCOME = "outcome"
    PROCESS = "process"
    BALANCING = "balancing"


class DataKind(StrEnum):
    """What a team's own measure counts. A registry indicator has none of them."""

    SHARE = "share"  # numerator of denominator
    COUNT = "count"
    MINUTES = "minutes"
    DATES = "dates"  # days on which it happened


class IdeaStatus(StrEnum):
    """What became of a change idea."""

    IDEA = "idea"
    TESTING = "testing"
    ADOPTED = "adopted"
    ADAPTED = "adapted"
    ABANDONED = "abandoned"


class Scale(StrEnum):
    """How large a test is; in rising order, so that a ramp climbs."""

    PATIENT = "patient"
    SHIFT = "shift"
    WARD = "ward"
    HOSPITAL = "hospital"


class PredictionKind(StrEnum):
    """What a team said beforehand. A share is stored as 0-1."""

    COUNT = "count"
    MINUTES = "minutes"
    SHARE = "share"
    SENTENCE = "sentence"


class Act(StrEnum):
    """What was decided after a cycle."""

    ADOPT = "adopt"
    ADAPT = "adapt"
    ABANDON = "abandon"
    NEXT = "next"


class EventKind(StrEnum):
    """What an event on a chart is about."""

    CHANGE = "change"
    ORGANISATION = "organisation"
    TRAINING = "training"
    STAFFING = "staffing"
    GUIDELINE = "guideline"
    DATA = "data"
    DEFINITION = "definition"
    CAMPAIGN = "campaign"


class Progress(StrEnum):
    """State of a deliverable."""

    ON_TRACK = "on_track"
    SOME_CHALLENGES = "some_challenges"
    MAJOR_CHALLENGES = "major_challenges"


class Shift(StrEnum):
    """When a test was tried."""

    DAY = "day"
    EVENING = "evening"
    NIGHT = "night"
