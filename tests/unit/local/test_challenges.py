import json
from types import SimpleNamespace
from typing import Any

import pytest

from local.ministack_app.challenges import DAY, EXPIRED, Challenges

OWN = "Own-password-1!"


class Cognito(SimpleNamespace):
    """As much of MiniStack's module as is in the way: it asks one question of Ada, and takes any answer."""

    def __init__(self) -> None:
        super().__init__()
        self.ada = {"Username": "7", "UserLastModifiedDate": float("inf"), "Enabled": True, "_reset_code": "654321"}
        self.pool = {"Policies": {"PasswordPolicy": {"TemporaryPasswordValidityDays": 7}}}
        self.asks = "NEW_PASSWORD_REQUIRED"
        self.mailed: list[str] = []
        self.begun = 0

    def _pool_for_client(self, _client: Any) -> Any:
        return self.pool, "pool"

    def _resolve_user(self, _pool: Any, username: str) -> Any:
        return (self.ada, None) if username in {"7", "ada"} else (None, "error")

    def _initiate_auth(self, _data: Any) -> Any:
        self.begun += 1
        return _answer({"ChallengeName": self.asks, "Session": f"session-{self.begun}"})

    def _respond_to_auth_challenge(self, data: Any) -> Any:
        if data["ChallengeResponses"].get("SOFTWARE_TOKEN_MFA_CODE") == "wrong":
            return self.error_response_json("CodeMismatchException", "wrong", 400)
        return _answer({"AuthenticationResult": {}})

    def _send_verification_email(
        self, _pool: Any, _name: Any, _attributes: Any, code: str, attribute_name: str
    ) -> None:
        assert attribute_name
        self.mailed.append(code)

    def _validate_password(self, _pool: Any, password: str) -> Any:
        return None if password == OWN else self.error_response_json("InvalidPasswordException", "weak", 400)

    def error_response_json(self, kind: str, message: str, status: int) -> Any:
        return status, {}, json.dumps({"__type": kind, "message": message}).encode()


def _answer(content: dict[str, Any]) -> Any:
    return 200, {}, json.dumps(content).encode()


def begin(cognito: Any) -> str:
    return str(said(cognito._initiate_auth({"AuthParameters": {"USERNAME": "ada"}}))["Session"])


def respond(cognito: Any, session: str, **responses: str) -> dict[str, Any]:
    given = {"USERNAME": "7", "NEW_PASSWORD": OWN, **responses}
    data = {"ChallengeName": cognito.asks, "Session": session, "ChallengeResponses": given}
    return said(cognito._respond_to_auth_challenge(data))


def said(answer: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer[2])
    return found


@pytest.fixture
def cognito() -> Cognito:
    found = Cognito()
    Challenges(found)
    return found


@pytest.mark.parametrize("asks", ["NEW_PASSWORD_REQUIRED", "SOFTWARE_TOKEN_MFA"])
def test_a_question_is_answered_in_its_session_once(cognito: Cognito, asks: str) -> None:
    cognito.asks = asks
    session = begin(cognito)
    assert respond(cognito, "made-up")["message"] == "Invalid session for the user."
    assert "AuthenticationResult" in respond(cognito, session)
    assert respond(cognito, session)["message"] == "Invalid session for the user."


def test_the_session_of_one_question_is_none_of_another(cognito: Cognito) -> None:
    session = begin(cognito)
    cognito.asks = "SOFTWARE_TOKEN_MFA"
    assert respond(cognito, session)["__type"] == "NotAuthorizedException"


def test_after_a_wrong_code_or_a_weak_password_there_is_another_try(cognito: Cognito) -> None:
    session = begin(cognito)
    assert respond(cognito, session, NEW_PASSWORD="weak")["__type"] == "InvalidPasswordException"
    assert "AuthenticationResult" in respond(cognito, session)
    cognito.asks = "SOFTWARE_TOKEN_MFA"
    session = begin(cognito)
    assert respond(cognito, session, SOFTWARE_TOKEN_MFA_CODE="wrong")["__type"] == "CodeMismatchException"
    assert "AuthenticationResult" in respond(cognito, session)


def test_who_was_disabled_meanwhile_answers_nothing(cognito: Cognito) -> None:
    session = begin(cognito)
    cognito.ada["Enabled"] = False
    assert respond(cognito, session)["message"] == "User is disabled."


def test_a_temporary_password_ends_after_the_days_of_the_policy(
    cognito: Cognito, monkeypatch: pytest.MonkeyPatch
) -> None:
    cognito.ada["UserLastModifiedDate"] = 0.0
    for days, is_late in ((7, False), (7.01, True)):
        monkeypatch.setattr("time.time", lambda at=days: at * DAY)
        answer = said(cognito._initiate_auth({"AuthParameters": {"USERNAME": "ada"}}))
        assert (answer.get("message") == EXPIRED) is is_late


def test_codes_for_a_forgotten_password_differ_and_are_what_is_asked_for(cognito: Cognito) -> None:
    for _ in range(20):
        cognito._send_verification_email(cognito.pool, "ada", {}, "654321", attribute_name="password")
        assert cognito.ada["_reset_code"] == cognito.mailed[-1]
    assert len(set(cognito.mailed)) > 1
    cognito._send_verification_email(cognito.pool, "ada", {}, "123456", attribute_name="email")
    assert cognito.mailed[-1] == "123456"
