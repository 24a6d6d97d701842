"""The canary's site, of an organisation of P09's own: made once, its keys kept in a secret that the health check reads."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from shared.health.canary import ORGANISATION, Keys, read_keys
from shared.identity.keys import MalformedKey, make_key, parse_key
from shared.identity.tenants import (
    DomainTaken,
    Site,
    add_key,
    add_site,
    ensure_organisation,
    key_bearer,
    keys_of,
    revoke_key,
    site_of,
)
from shared.platform.postgres import Database
from shared.platform.refusals import NotNow

if TYPE_CHECKING:
    from pg8000.native import Connection

NAME: Final = "P09 itself"
SITE_NAME: Final = "Canary"
DOMAIN: Final = "canary.p09.invalid"


def ensure_canary(database: Database, read: Callable[[], str], write: Callable[[str], None]) -> bool:
    """See that there is the site, and that the secret holds keys that open it; True when new ones had to be made.

    The new keys are in the database before they are in the secret, and the old ones are revoked last: whatever is cut
    short, the next time mends it, and the canary meanwhile has keys that open, or none.
    """
    kept = read_keys(read())
    with database.transaction([ORGANISATION]) as connection:
        site = _site(connection)
        opens = kept is not None and _opens(connection, site, kept)
        if kept is None or not opens:
            kept = _new_keys(connection, site)
    if not opens:
        write(kept.to_json())
    with database.transaction([ORGANISATION]) as connection:
        _revoke_others(connection, site, kept)
    return not opens


def _site(connection: "Connection") -> Site:
    ensure_organisation(connection, ORGANISATION, NAME)
    found = site_of(connection, DOMAIN)
    if found is not None:
        return found
    try:
        return add_site(connection, ORGANISATION, name=SITE_NAME, domain=DOMAIN, timezone="Etc/UTC")
    except DomainTaken as error:
        raise NotNow(f"{DOMAIN} belongs to a customer's site: rename that one, the canary needs it") from error


def _opens(connection: "Connection", site: Site, keys: Keys) -> bool:
    try:
        bearers = [key_bearer(connection, parse_key(text.reveal())) for text in (keys.write_key, keys.read_key)]
    except MalformedKey:
        return False
    kinds = [bearer.kind for bearer in bearers if bearer is not None and bearer.site_id == site.id]
    return keys.site_id == str(site.id) and kinds == ["ingest", "read"]


def _new_keys(connection: "Connection", site: Site) -> Keys:
    write_key, read_key = make_key("ingest"), make_key("read")
    for key in (write_key, read_key):
        add_key(connection, site, key)
    return Keys(site_id=str(site.id), write_key=write_key.text, read_key=read_key.text)


def _revoke_others(connection: "Connection", site: Site, keys: Keys) -> None:
    prefixes = {parse_key(text.reveal()).prefix for text in (keys.write_key, keys.read_key)}
    for key in keys_of(connection, site):
        if key.revoked_at is None and key.prefix not in prefixes:
            revoke_key(connection, site, key.key_id)
