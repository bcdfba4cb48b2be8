"""The page about one project: its words, what it shows of each project, and what can be changed on it."""

import pytest

from nhr_dash.improvement import kinds
from nhr_dash.text.catalog import LANGUAGES, has

WORDS = {
    kinds.Status: "status",
    kinds.Funding: "funding",
    kinds.Initiator: "initiator",
    kinds.Reach: "reach",
    kinds.Source: "source",
    kinds.Dimension: "dimension",
    kinds.PhaseKind: "phase",
    kinds.MeasureKind: "measure",
    kinds.DataKind: "data",
    kinds.IdeaStatus: "idea",
    kinds.Scale: "scale",
    kinds.PredictionKind: "prediction",
    kinds.Act: "act",
    kinds.Shift: "shift",
    kinds.EventKind: "event",
    kinds.Progress: "progress",
}


def test_every_closed_list_is_named_here():
    lists = {one for one in vars(kinds).values() if isinstance(one, type) and one.__module__ == kinds.__name__}
    assert lists == set(WORDS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_its_words(language):
    keys = [f"project.{name}_{code}" for codes, name in WORDS.items() for code in codes]
    keys += [f"project.acted_{code}" for code in kinds.Act]
    assert [key for key in keys if not has(language, key)] == []
