"""Keys of the canary's site, which work beside the ones before for a day."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from shared.health.canary import ORGANISATION, Keys, read_keys
from shared.identity.keys import Key, MalformedKey, make_key, parse_key
from shared.identity.tenants import Site, add_key, key_bearer, key_to_replace, keys_of, site_of
from shared.rotation.rotation import RotationRefused

if TYPE_CHECKING:
    from pg8000.native import Connection

    from shared.platform.postgres import Database

# Longer than an environment keeps them in memory that is asked every minute, and whose check of a refused key is made again.
OVERLAP: Final = timedelta(days=1)


class CanaryKeys:
    """Raises ``PostgresUnavailable``."""

    def __init__(self, database: "Database") -> None:
        self._database = database

    def make(self, current: str) -> str:
        site_id = _keys(current).site_id
        return Keys(site_id=site_id, write_key=make_key("ingest").text, read_key=make_key("read").text).to_json()

    def admit(self, pending: str, current: str) -> None:
        keys = _keys(pending)
        if keys.site_id != _keys(current).site_id:
            raise RotationRefused("the new keys are of another site than the canary's")
        with self._database.transaction([ORGANISATION]) as connection:
            site = _site(connection, keys)
            known = {key.prefix for key in keys_of(connection, site)}
            for key in _both(keys):
                if key.prefix not in known:
                    add_key(connection, site, key)

    def test(self, text: str) -> None:
        keys = _keys(text)
        with self._database.transaction([ORGANISATION]) as connection:
            site = _site(connection, keys)
            bearers = [key_bearer(connection, key) for key in _both(keys)]
        kinds = [bearer.kind for bearer in bearers if bearer is not None and bearer.site_id == site.id]
        if kinds != ["ingest", "read"]:
            raise RotationRefused("the new keys do not open the canary's site")

    def retire(self, current: str) -> None:
        keys = _keys(current)
        kept = {key.prefix for key in _both(keys)}
        with self._database.transaction([ORGANISATION]) as connection:
            site = _site(connection, keys)
            for key in keys_of(connection, site):
                if key.prefix not in kept:
                    key_to_replace(connection, site, key.key_id, OVERLAP)

    def describe(self, text: str) -> Mapping[str, str]:
        write_key, read_key = _both(_keys(text))
        return {"write_key": write_key.prefix, "read_key": read_key.prefix}


def _keys(text: str) -> Keys:
    keys = read_keys(text)
    if keys is None:
        raise RotationRefused("the canary's secret holds no keys: deploying fills it in")
    return keys


def _both(keys: Keys) -> tuple[Key, Key]:
    try:
        return parse_key(keys.write_key.reveal()), parse_key(keys.read_key.reveal())
    except MalformedKey as error:
        raise RotationRefused(f"the canary's secret: {error}") from error


def _site(connection: "Connection", keys: Keys) -> Site:
    site = site_of(connection, keys.site_id)
    if site is None:
        raise RotationRefused("the canary's site is gone: deploying makes it anew")
    return site
