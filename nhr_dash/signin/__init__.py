"""Sign-in by OpenID Connect: the conversation with the provider, and the sessions in the database.

Who a person is ends here; what they may see is decided elsewhere.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in. ``subject`` is the provider's own name for them and never changes;
    ``name`` and ``email`` are empty where the provider doesn't tell."""

    subject: str
    name: str
    email: str


class SignInProblem(Exception):
    """Nobody was signed in. ``kind`` names the sentence a person is shown: ``expired`` (too slow, or
    another window), ``cancelled``, ``unreachable`` (the provider), ``rejected`` (its answer can't be trusted)."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind
