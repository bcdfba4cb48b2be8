"""Proposals of other limits for an indicator: written by the fagråd and the registry, read by everyone.

A proposal is a text with two numbers. It changes no level anywhere: that is a change of the indicator's declaration.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from nhr_dash.access import Role, Scope
from nhr_dash.improvement import store
from nhr_dash.improvement.models import LimitProposal


def listed(session: Session, indicator: str) -> list[LimitProposal]:
    """What has been proposed for an indicator and not taken back, the newest first."""
    found = select(LimitProposal).where(LimitProposal.indicator == indicator, LimitProposal.deleted_at.is_(None))
    return list(session.scalars(found.order_by(LimitProposal.created_at.desc(), LimitProposal.id)))


def propose(
    session: Session, scope: Scope, indicator: str, year: int, high: float, moderate: float, reason: str
) -> LimitProposal:
    """Store a proposal of limits (shares 0-1), with the role that it is made in and the year it was tried on.

    Raises ``NotAllowed``, and ``checks.Refused`` where the reason is empty or the limits stand in the wrong order.
    """
    scope.require_propose()
    role = Role.FAGRAAD if Role.FAGRAAD in scope.roles else Role.REGISTRY
    record = LimitProposal(
        indicator=indicator, year=year, high=high, moderate=moderate, reason=reason, by_role=role.value
    )
    return store.make(session, scope, record)
