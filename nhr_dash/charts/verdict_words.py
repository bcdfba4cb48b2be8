"""The verdict on a change in words, for pages, charts and reports: from the statistics' own objects.

The sentence stands on what was judged: whole months, the ramp-in and provisional months left out.
"""

import math

from nhr_dash.statistics.effect import Grade, MinutesVerdict, Verdict
from nhr_dash.text import formats
from nhr_dash.text.catalog import t

BETTER = (Grade.CLEAR_IMPROVEMENT, Grade.LIKELY_IMPROVEMENT)
WORSE = (Grade.CLEAR_WORSENING, Grade.LIKELY_WORSENING)


def grade(verdict: Verdict | MinutesVerdict, language: str) -> str:
    """'Klar bedring', 'Ingen sikker endring' …, with a capital letter."""
    word = t(language, f"verdict.{verdict.grade.value}")
    return word[0].upper() + word[1:]


def reasons(verdict: Verdict | MinutesVerdict, language: str) -> tuple[str, ...]:
    """Why the answer isn't clearer, a sentence each; empty where it is clear, or where there is nothing to explain."""
    found = [t(language, key) for key in verdict.reasons]
    if isinstance(verdict, Verdict) and _others_too(verdict):
        found.append(t(language, "verdict.others_too"))
    return tuple(found)


def _others_too(verdict: Verdict) -> bool:
    """Own patients alone would have carried a yes: it is the others' change that took it away."""
    if verdict.grade is not Grade.NO_CERTAIN_CHANGE or verdict.z_compared is None:
        return False
    return abs(verdict.z) >= verdict.z_likely > verdict.z_compared * math.copysign(1, verdict.z)


def headline(
    verdict: Verdict,
    language: str,
    *,
    title: str,
    short: str,
    helped: float | None = None,
    limit: float | None = None,
) -> str:
    """A change in a share: 'Tittel: 18 % → 60 % (+42 prosentpoeng, usikkerhet 33–50). Klar bedring. Om lag 50 flere …'.

    ``title`` and ``short`` ('får bildediagnostikk innen 15 minutter') are the indicator's words; ``helped``: patients a
    year, negative for fewer. ``limit``: a share whose right side must be seen (target, level). With too little data
    both counts are told and the reason stands in place of the grade.
    """
    change = verdict.change
    if verdict.grade is Grade.TOO_LITTLE_DATA:
        counts = [
            t(language, "units.of_patients", k=formats.number(count, language), n=patients)
            for count, patients in (
                (change.before_count, change.before_patients),
                (change.after_count, change.after_patients),
            )
        ]
        told = t(language, "verdict.counts", title=title, before=counts[0], after=counts[1])
        return " ".join((told, *reasons(verdict, language)))
    size = change.difference
    told = t(
        language,
        "verdict.change",
        title=title,
        before=formats.percent_near(change.before.estimate, limit, language),
        after=formats.percent_near(change.after.estimate, limit, language),
        points=formats.points(size.estimate, language),
        low_high=formats.between(size.low, size.high, language),
    )
    return " ".join(
        part for part in (told, f"{grade(verdict, language)}.", _helped(verdict, helped, short, language)) if part
    )


def headline_minutes(verdict: MinutesVerdict, language: str, *, title: str) -> str:
    """A change in minutes: 'Tittel: median 34 → 13 min (16 minutter raskere, usikkerhet 13–18). Klar bedring.'"""
    shift = verdict.shift
    if verdict.grade is Grade.TOO_LITTLE_DATA:
        before, after = (
            t(language, "units.patient", n=patients) for patients in (shift.before_patients, shift.after_patients)
        )
        told = t(language, "verdict.counts", title=title, before=before, after=after)
        return " ".join((told, *reasons(verdict, language)))
    levels = {
        "before": formats.minutes(shift.median_before, language),
        "after": formats.minutes(shift.median_after, language),
    }
    whole = round(shift.shift.estimate)
    faster = whole < 0
    low, high = (-shift.shift.high, -shift.shift.low) if faster else (shift.shift.low, shift.shift.high)
    told = t(
        language,
        f"verdict.minutes_{'same' if not whole else 'faster' if faster else 'slower'}",
        title=title,
        minutes=t(language, "units.minute", n=abs(whole)),
        low_high=formats.between(low, high, language, scale=1),
        **levels,
    )
    return f"{told} {grade(verdict, language)}."


def _helped(verdict: Verdict, helped: float | None, short: str, language: str) -> str:
    """'Om lag 50 flere pasienter i året får …'; empty where there is no change to speak of."""
    if helped is None or math.isnan(helped) or verdict.grade not in (*BETTER, *WORSE):
        return ""
    number = about(abs(helped))
    key = "verdict.helped_more" if helped > 0 else "verdict.helped_fewer"
    return t(language, key, n=number, short=short) if number else ""


def about(patients: float) -> int:
    """So many patients as one says 'om lag': whole under 20, then fives, from 100 on tens."""
    step = 1 if patients < 20 else 5 if patients < 100 else 10
    return step * round(patients / step)
