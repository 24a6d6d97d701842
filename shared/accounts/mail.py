"""Sends mail by SES."""

from functools import cached_property
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from shared.accounts.carry_out import Impossible
from shared.accounts.message import Message

_CONFIG: Final = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "max_attempts": 4})
_FOR_GOOD: Final = frozenset(
    {"MessageRejected", "MailFromDomainNotVerifiedException", "BadRequestException", "AccountSuspendedException"}
)
_UTF_8: Final = "UTF-8"


class Mail:
    """``sender`` is an address of an identity that SES has verified; empty where a stage has none."""

    def __init__(self, sender: str) -> None:
        self._sender = sender

    def send(self, address: str, message: Message) -> None:
        if not self._sender:
            raise Impossible(
                "this stage sends no mail: give it a sender (`mail` in infra/stages.py), then invite again"
            )
        try:
            self._client.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [address]},
                Content={
                    "Simple": {
                        "Subject": _content(message.subject),
                        "Body": {"Text": _content(message.text), "Html": _content(message.html)},
                    }
                },
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in _FOR_GOOD:
                raise Impossible(f"the mail was refused: {error.response['Error']['Message']}") from error
            raise

    @cached_property
    def _client(self) -> Any:
        return boto3.client("sesv2", config=_CONFIG)


def _content(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": _UTF_8}
