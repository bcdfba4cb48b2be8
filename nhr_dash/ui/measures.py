"""Names of measures: a registry indicator's own title, or what the team calls theirs."""

from nhr_dash.improvement.models import Measure
from nhr_dash.registry.indicators import by_id


def title(measure: Measure, language: str) -> str:
    """The measure's title in a language; a team's own stands as it was written."""
    return by_id(measure.indicator).words(language).title if measure.indicator else measure.title
