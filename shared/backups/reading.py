"""Reading area by area: what one service refuses must not hide what the others say."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from shared.backups.model import Area, Bucket

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_s3.client import S3Client

T = TypeVar("T")


@dataclass
class Reading:
    """``unread`` fills up with the areas that could not be read."""

    unread: dict[Area, str] = field(default_factory=dict)

    def of(self, area: Area, read: Callable[[], T], otherwise: T) -> T:
        try:
            return read()
        except ClientError as error:
            details = error.response.get("Error", {})
            self.unread[area] = f"{details.get('Code', 'error')}: {details.get('Message', '')}".rstrip(": .")
        except BotoCoreError as error:
            self.unread[area] = str(error).rstrip(".")
        return otherwise


def versioned_buckets(s3: "S3Client", names: "Sequence[str]") -> tuple[Bucket, ...]:
    """Raises botocore's errors."""
    return tuple(
        Bucket(name=name, versioned=s3.get_bucket_versioning(Bucket=name).get("Status") == "Enabled") for name in names
    )
