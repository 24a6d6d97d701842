"""Clients from settings, for the composition roots. A refused login is fetched once more: it may have been rotated."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from shared.platform.aws.secrets import Login, LoginSecret
from shared.platform.failures import PostgresBadLogin
from shared.platform.settings import PostgresSettings, ValkeySettings, aws_settings
from shared.platform.valkey import Address as ValkeyAddress
from shared.platform.valkey import BadLogin as ValkeyBadLogin
from shared.platform.valkey import Connection as ValkeyConnection
from shared.platform.valkey import Valkey, open_connection

if TYPE_CHECKING:
    from pg8000.native import Connection

    from shared.platform.postgres import Database

T = TypeVar("T")


def database(
    settings: PostgresSettings, secret_id: str, *, application: str, timeout: float | None = None
) -> "Database":
    """PostgreSQL with the login of a secret; ``timeout`` (seconds) bounds each wait for the server."""
    from shared.platform import postgres  # pg8000 costs a cold start 50 ms: only who uses it pays

    def connect(login: Login) -> "Connection":
        return connect_to_postgres(settings, login, application=application, timeout=timeout)

    return postgres.Database(with_login(LoginSecret(aws_settings, secret_id), connect, PostgresBadLogin))


def connect_to_postgres(
    settings: PostgresSettings, login: Login, *, application: str, timeout: float | None = None
) -> "Connection":
    """One connection with a login. Raises ``PostgresUnavailable``."""
    from shared.platform import postgres

    address = postgres.Address(
        host=settings.postgres_host,
        port=int(settings.postgres_port),
        database=settings.postgres_database,
        tls_ca=settings.postgres_tls_ca,
    )
    return postgres.connect(
        address, user=login.username, password=login.password.reveal(), application=application, timeout=timeout
    )


def valkey(settings: ValkeySettings, *, timeout: float = 2.0) -> Valkey:
    """Valkey with the login of its secret."""

    def connect(login: Login) -> ValkeyConnection:
        return connect_to_valkey(settings, login.password.reveal(), timeout=timeout)

    return Valkey(with_login(LoginSecret(aws_settings, settings.valkey_secret_arn), connect, ValkeyBadLogin))


def connect_to_valkey(settings: ValkeySettings, password: str, *, timeout: float = 2.0) -> ValkeyConnection:
    """One connection with a password. Raises ``ValkeyUnavailable``."""
    address = ValkeyAddress(
        host=settings.valkey_host, port=int(settings.valkey_port), tls=settings.valkey_tls == "true"
    )
    return open_connection(address, password=password, timeout=timeout)


def with_login(secret: LoginSecret, connect: Callable[[Login], T], refused: type[Exception]) -> Callable[[], T]:
    """As long as the secret is another one each time that its login was refused, it is being rotated under us."""

    def opened() -> T:
        login = secret.login()
        while True:
            try:
                return connect(login)
            except refused:
                secret.forget()
                if (fresh := secret.login()) == login:
                    raise
                login = fresh

    return opened
