"""Valkey through redis-py, for functions that have the time to import it: ADR 5 says which."""

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, ResponseError
from redis.retry import Retry

from shared.platform.aws.secrets import Login, LoginSecret
from shared.platform.settings import ValkeySettings, aws_settings
from shared.platform.valkey import primary_of
from shared.platform.wiring import with_login


def redis_client(settings: ValkeySettings, *, timeout: float = 2.0) -> Redis:
    """The node that holds all slots, with the login of the secret; ``timeout`` (seconds) bounds each wait.

    Nothing is sent twice: by default redis-py repeats a command whose answer did not come, which may have been carried out.
    Raises ``redis.RedisError``, ``AwsUnavailable`` and ``AwsRefused``.
    """

    def connect(login: Login) -> Redis:
        return _primary(settings, settings.valkey_host, int(settings.valkey_port), login, timeout)

    return with_login(LoginSecret(aws_settings, settings.valkey_secret_arn), connect, AuthenticationError)()


def _primary(settings: ValkeySettings, host: str, port: int, login: Login, timeout: float) -> Redis:
    client = Redis(
        host=host, port=port, password=login.password.reveal(), ssl=settings.valkey_tls == "true", protocol=2,
        socket_timeout=timeout, socket_connect_timeout=1.0, retry=Retry(NoBackoff(), 0), driver_info=None,
    )  # fmt: skip
    try:
        primary = primary_of(client.execute_command("CLUSTER SLOTS"))  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
    except ResponseError:  # no cluster
        return client
    if primary in (None, (host, port)):
        return client
    client.close()  # a cluster's endpoint answers from any of its nodes
    return _primary(settings, *primary, login, timeout)
