"""Proposals of limits: kept with role, day and reason; they move no level."""

import pytest

from nhr_dash.access import Held, NotAllowed, Role, everything, holding
from nhr_dash.improvement import checks, proposals, store
from nhr_dash.improvement.models import LimitProposal
from nhr_dash.registry.indicators import by_id

LIPID = "hjerneslag_ut_lipidsenk"
REGISTRY = holding("registeret", (Held(Role.REGISTRY, None),))
LEADER = holding("leder", (Held(Role.LEADER, None),))


def propose(session, scope=REGISTRY, indicator=LIPID, high=0.85, moderate=0.75, reason="45 av 47 står på høy."):
    return proposals.propose(session, scope, indicator, 2019, high, moderate, reason)


def test_a_proposal_is_kept_with_who_when_and_why_and_changes_no_level(session):
    limits = by_id(LIPID).levels
    propose(session, everything("test"))
    made = propose(session)
    assert next(one.id for one in proposals.listed(session, LIPID)) == made.id
    assert (made.by_role, made.created_by, made.reason) == ("registry", "registeret", "45 av 47 står på høy.")
    assert by_id(LIPID).levels == limits
    assert proposals.listed(session, "hjerneslag_inn_enhet") == []
    assert proposals.listed(session, LIPID)[1].by_role == "fagraad"


def test_what_is_taken_back_is_out_of_sight_and_can_be_brought_again(session):
    made = propose(session)
    store.delete(session, REGISTRY, LimitProposal, made.id)
    assert proposals.listed(session, LIPID) == []
    store.restore(session, REGISTRY, LimitProposal, made.id)
    assert proposals.listed(session, LIPID) == [made]


@pytest.mark.parametrize(
    ("given", "field", "kind"),
    [
        ({"reason": "  "}, "reason", "empty"),
        ({"high": 0.7}, "high", "limits_order"),
        ({"high": 1.2}, "high", "limits_order"),
        ({"moderate": 0.0}, "high", "limits_order"),
        ({"reason": "x" * 10_001}, "reason", "long"),
        ({"indicator": "finnes_ikke"}, "indicator", "unknown_indicator"),
    ],
)
def test_what_can_not_stand_is_refused(session, given, field, kind):
    with pytest.raises(checks.Refused) as refused:
        propose(session, **given)
    assert (refused.value.field, refused.value.kind) == (field, kind)


def test_nobody_else_proposes_or_takes_back(session):
    made = propose(session)
    with pytest.raises(NotAllowed):
        propose(session, LEADER)
    with pytest.raises(NotAllowed):
        store.delete(session, LEADER, LimitProposal, made.id)
