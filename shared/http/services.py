"""The servers that every HTTP function works with, connected to once per environment and only when first needed."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from shared.http.limits import Limits
from shared.http.site_cache import SiteCache
from shared.platform import wiring
from shared.platform.aws.signed import AwsRefused, AwsUnavailable
from shared.platform.limits import Take, run_within
from shared.platform.settings import PostgresSettings, ValkeySettings
from shared.platform.valkey import Valkey, ValkeyUnavailable

if TYPE_CHECKING:
    from shared.platform.postgres import Database

POSTGRES_SECONDS: Final = 10.0
REST_SECONDS: Final = 2.0


@dataclass(frozen=True)
class HttpSettings(PostgresSettings, ValkeySettings):
    """``limits`` is the runbook's table of that name as JSON; empty means that nobody is limited."""

    stage: str
    postgres_secret_arn: str
    limits: str


class Services:
    """What every HTTP function needs, whoever calls it.

    Parameters
    ----------
    application
        The function's name, as PostgreSQL shows it.
    """

    def __init__(self, settings: HttpSettings, application: str) -> None:
        self._http_settings = settings
        self._application = application
        self._limits_rest_until = 0.0

    @cached_property
    def database(self) -> "Database":
        return self.connect(POSTGRES_SECONDS)

    def connect(self, seconds: float, purpose: str = "") -> "Database":
        """A connection of its own; ``seconds`` bounds each wait for the server."""
        settings = self._http_settings
        application = f"{self._application} {purpose}".rstrip()
        return wiring.database(settings, settings.postgres_secret_arn, application=application, timeout=seconds)

    @cached_property
    def valkey(self) -> Valkey:
        return wiring.valkey(self._http_settings)

    @cached_property
    def telemetry_valkey(self) -> Valkey:
        """Counters are sent and never answered: a connection on which nobody waits."""
        return wiring.valkey(self._http_settings)

    @cached_property
    def sites(self) -> SiteCache:
        return SiteCache(lambda: self.database)

    @cached_property
    def limits(self) -> Limits:
        return Limits.read(self._http_settings.limits)

    def check(self, takes: Sequence[Take]) -> None:
        """Raises ``LimitExceeded``. Asking for numbers needs no Valkey: while it is down, nobody is limited."""
        if not takes or time.monotonic() < self._limits_rest_until:
            return
        try:
            run_within(self.valkey, takes)
        except (ValkeyUnavailable, AwsUnavailable, AwsRefused):
            self._limits_rest_until = time.monotonic() + REST_SECONDS
