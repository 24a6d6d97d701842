"""Keys that sign webhooks. Messages are signed with the new one and the one before, so that receivers change in their own time."""

import json
import secrets
from base64 import b64encode
from collections.abc import Mapping
from typing import Any, Final

from standardwebhooks.webhooks import Webhook

from shared.rotation.rotation import RotationRefused

_BYTES: Final = 24


class WebhookKeys:
    """Nobody but the secret's readers needs to know: nothing is set anywhere."""

    def make(self, current: str) -> str:
        endpoints = _endpoints(current)
        return json.dumps(
            {name: one | {"secret": _new_key(), "previous": one["secret"]} for name, one in endpoints.items()}
        )

    def admit(self, pending: str, current: str) -> None:
        old = {name: one["secret"] for name, one in _endpoints(current).items()}
        if old != {name: one.get("previous") for name, one in _endpoints(pending).items()}:
            raise RotationRefused(
                "the secret was changed meanwhile: its new version does not sign with the keys in use"
            )

    def test(self, text: str) -> None:
        for one in _endpoints(text).values():
            Webhook(one["secret"])

    def retire(self, current: str) -> None:
        """Each version names its own key and the one before, and no other."""

    def describe(self, text: str) -> Mapping[str, str]:
        return {"receivers": ", ".join(sorted(_endpoints(text)))}


def _endpoints(text: str) -> dict[str, dict[str, Any]]:
    try:
        found = {str(name): dict(one) for name, one in json.loads(text).items()}
        for one in found.values():
            Webhook(str(one["secret"]))
    except (ValueError, KeyError, TypeError, AttributeError, RuntimeError) as error:
        raise RotationRefused(f"the secret of webhooks can't be read: {type(error).__name__}") from None
    if not found:
        raise RotationRefused("there are no webhooks: nobody has filled in their secret")
    return found


def _new_key() -> str:
    return f"whsec_{b64encode(secrets.token_bytes(_BYTES)).decode()}"
