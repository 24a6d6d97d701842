"""What MiniStack's Cognito takes on trust, and Cognito does not.

- An answer to a challenge takes the session that the question came with, of the same person and once: otherwise whoever knows an
  address sets that person's first password, and a one-time code alone signs in.
- A first password of one's own has to be one that the pool's policy allows.
- A temporary password ends after the days that the policy gives it.
- Each code for a forgotten password is another, and one that can't be guessed.
"""

import json
import secrets
import time
from dataclasses import dataclass
from typing import Any, Final

ANSWERED: Final = frozenset({"NEW_PASSWORD_REQUIRED", "SOFTWARE_TOKEN_MFA"})
SECONDS: Final = 180  # AuthSessionValidity, where a client names none
DAY: Final = 24 * 3600
EXPIRED: Final = "Temporary password has expired and must be reset by an administrator."

Data = dict[str, Any]
Answer = tuple[int, Any, bytes]


@dataclass(frozen=True)
class Asked:
    challenge: str
    username: str
    until: float


class Challenges:
    """Takes the place of a few functions of MiniStack's module, which is ``cognito``."""

    def __init__(self, cognito: Any) -> None:
        self._cognito = cognito
        self._asked: dict[str, Asked] = {}
        self._initiate = cognito._initiate_auth  # noqa: SLF001 -- MiniStack offers no hook; its version is pinned
        self._respond = cognito._respond_to_auth_challenge  # noqa: SLF001 -- MiniStack offers no hook; its version is pinned
        self._send = cognito._send_verification_email  # noqa: SLF001 -- MiniStack offers no hook; its version is pinned
        cognito._initiate_auth = self.initiate  # noqa: SLF001 -- MiniStack offers no hook; its version is pinned
        cognito._respond_to_auth_challenge = self.respond  # noqa: SLF001 -- MiniStack offers no hook; its version is pinned
        cognito._send_verification_email = self.send  # noqa: SLF001 -- MiniStack offers no hook; its version is pinned

    def initiate(self, data: Data) -> Answer:
        pool, user = self._found(data, data.get("AuthParameters", {}))
        answer: Answer = self._initiate(data)
        if pool and user and _content(answer).get("ChallengeName") == "NEW_PASSWORD_REQUIRED" and _is_late(pool, user):
            return self._refused("NotAuthorizedException", EXPIRED)
        return self._remembered(answer, user)

    def respond(self, data: Data) -> Answer:
        if data.get("ChallengeName") not in ANSWERED:
            unchecked: Answer = self._respond(data)
            return unchecked
        responses = data.get("ChallengeResponses", {})
        pool, user = self._found(data, responses)
        asked = self._asked.get(data.get("Session", ""))
        if user is None or not _is_answered(asked, data["ChallengeName"], user):
            return self._refused("NotAuthorizedException", "Invalid session for the user.")
        if not user.get("Enabled", True):
            return self._refused("NotAuthorizedException", "User is disabled.")
        if data["ChallengeName"] == "NEW_PASSWORD_REQUIRED":
            refused: Answer | None = self._cognito._validate_password(pool, responses.get("NEW_PASSWORD", ""))  # noqa: SLF001 -- MiniStack offers no hook; its version is pinned
            if refused:
                return refused
        answer: Answer = self._respond(data)
        if "AuthenticationResult" in _content(answer):
            del self._asked[data["Session"]]
        return self._remembered(answer, user)

    def send(self, pool: Any, username: str, attributes: Any, code: str, attribute_name: str = "email") -> Any:
        if attribute_name == "password":
            code = f"{secrets.randbelow(10**6):06}"
            user, _ = self._cognito._resolve_user(pool, username)  # noqa: SLF001 -- MiniStack offers no hook; its version is pinned
            user["_reset_code"] = code
        return self._send(pool, username, attributes, code, attribute_name=attribute_name)

    def _found(self, data: Data, of: Data) -> tuple[Any, Any]:
        """The pool of the request's client, and its user."""
        pool, _ = self._cognito._pool_for_client(data.get("ClientId"))  # noqa: SLF001 -- MiniStack offers no hook; its version is pinned
        username = of.get("USERNAME")
        return pool, self._cognito._resolve_user(pool, username)[0] if pool and username else None  # noqa: SLF001 -- MiniStack offers no hook; its version is pinned

    def _remembered(self, answer: Answer, user: Any) -> Answer:
        content, now = _content(answer), time.time()
        self._asked = {session: asked for session, asked in self._asked.items() if asked.until > now}
        if user and content.get("ChallengeName") in ANSWERED:
            self._asked[content["Session"]] = Asked(content["ChallengeName"], user["Username"], now + SECONDS)
        return answer

    def _refused(self, kind: str, message: str) -> Answer:
        answer: Answer = self._cognito.error_response_json(kind, message, 400)
        return answer


def _is_answered(asked: Asked | None, challenge: str, user: Data) -> bool:
    if asked is None or asked.until <= time.time():
        return False
    return asked.challenge == challenge and asked.username == str(user["Username"])


def _is_late(pool: Data, user: Data) -> bool:
    policy = pool.get("Policies", {}).get("PasswordPolicy", {})
    days = float(policy.get("TemporaryPasswordValidityDays", 7))
    return time.time() > float(user["UserLastModifiedDate"]) + days * DAY


def _content(answer: Answer) -> Data:
    try:
        found = json.loads(answer[2])
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
