"""Whether a request came through our CloudFront, which alone sends a secret along: only then is what it says of the viewer true."""

import hmac
import time
from collections.abc import Callable
from typing import Final

from shared.platform.aws.secrets import LoginSecret
from shared.platform.aws.signed import AwsRefused, AwsUnavailable
from shared.platform.secret import Secret
from shared.platform.settings import aws_settings

HEADER: Final = "x-p09-origin-proof"  # infra/constructs/distribution.py sends it
LOOK_AGAIN_SECONDS: Final = 60.0
REST_SECONDS: Final = 2.0


class OriginProof:
    """The current value and the one before are good: CloudFront sends the old one until a deploy gives it the new one."""

    def __init__(self, secret: LoginSecret | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._secret = secret
        self._clock = clock
        self._good: list[Secret] = []
        self._rest_until = 0.0

    @classmethod
    def by_secret(cls, arn: str) -> "OriginProof":
        """By the secret in Secrets Manager; nothing is fetched yet. Without one no CloudFront is before the function: staging's."""
        return cls(LoginSecret(aws_settings, arn) if arn else None)

    def holds(self, value: str) -> bool:
        """Without a value nothing is fetched; a wrong one has the secret fetched anew, once a minute at most.

        While Secrets Manager can't be asked, nothing new holds: the caller goes by what the gateway itself saw.
        """
        return bool(value and self._secret) and (self._is_good(value) or self._is_good_by_now(value))

    def is_missing(self, value: str) -> bool:
        """Whether a value certainly is none. While nobody can say which are good, every value may be one."""
        if self._secret is None:
            return False
        return not value or (not self.holds(value) and bool(self._good))

    def _is_good(self, value: str) -> bool:
        return any(_same(value, good) for good in self._good)

    def _is_good_by_now(self, value: str) -> bool:
        now = self._clock()
        if now < self._rest_until:
            return False
        try:
            self._fetch(value)
            self._rest_until = now + LOOK_AGAIN_SECONDS
        # The last two: a person wrote something else into it.
        except (AwsRefused, AwsUnavailable, KeyError, ValueError):
            from aws_lambda_powertools.logging import Logger

            Logger(child=True).exception("CloudFront's proof was not fetched: addresses are those that the gateway saw")
            self._rest_until = now + REST_SECONDS
        return self._is_good(value)

    def _fetch(self, value: str) -> None:
        """The value before is asked for only by whom the current one does not convince: a cold start makes one call."""
        assert self._secret  # noqa: S101 -- without a secret no value is looked up
        self._secret.forget()
        good = [self._secret.login().password]
        if not _same(value, good[0]) and (previous := self._secret.previous()):
            good.append(previous.password)
        self._good = good


def _same(value: str, good: Secret) -> bool:
    return hmac.compare_digest(value.encode(), good.reveal().encode())
