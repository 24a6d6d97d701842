"""E-mail to whoever subscribed to an SNS topic. SNS speaks no JSON protocol: boto3 is imported with the first message."""

import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Final

from shared.communication.senders.port import Again, Message, Outcome, Sent, Unconfigured

if TYPE_CHECKING:
    from mypy_boto3_sns.client import SNSClient

SUBJECT: Final = 100
BODY: Final = 64 * 1024


class EmailSender:
    def __init__(self, topic_arn: str) -> None:
        self._topic_arn = topic_arn

    def __call__(self, message: Message) -> Outcome:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return self._send(message)
        except (BotoCoreError, ClientError) as error:
            return Again(str(error))

    def _send(self, message: Message) -> Outcome:
        client = _client()
        topic = client.get_topic_attributes(TopicArn=self._topic_arn)["Attributes"]
        if topic.get("SubscriptionsConfirmed", "0") == "0":
            return Unconfigured("nobody has a confirmed subscription to the topic of announcements")
        content = message.announcement.content
        answer = client.publish(
            TopicArn=self._topic_arn,
            Subject=subject(content.title),
            Message=body(message),
            MessageAttributes={
                "dedup_key": {"DataType": "String", "StringValue": message.dedup_key},
                "kind": {"DataType": "String", "StringValue": content.kind},
            },
        )
        return Sent(answer["MessageId"])


def subject(title: str) -> str:
    """As SNS takes it: one line of less than 100 ASCII characters."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    line = " ".join("".join(one if one.isprintable() else " " for one in plain).split())
    return f"[P09] {line}"[: SUBJECT - 1].rstrip()


def body(message: Message) -> str:
    footer = f"-- \n{message.announcement.thread} · {message.dedup_key}"
    text = message.announcement.content.text.encode()[:BODY].decode(errors="ignore")
    return f"{text}\n\n{footer}\n"


@cache
def _client() -> "SNSClient":
    import boto3
    from botocore.config import Config

    client: SNSClient = boto3.client(
        "sns", config=Config(connect_timeout=3, read_timeout=5, retries={"total_max_attempts": 2})
    )
    return client
