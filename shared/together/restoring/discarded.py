"""What the promotion of a restore discards: what is in the running database and was not there at the restore's moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pg8000.native import Connection

_SHOWN: Final = 20


@dataclass(frozen=True, kw_only=True)
class _Standing:
    """Rows by their identity, as far as a person has to know of them."""

    organisations: Mapping[Any, str]
    sites: Mapping[Any, str]
    keys: Mapping[Any, str]
    works: frozenset[Any]
    people: Mapping[Any, str]
    invitations: Mapping[Any, str]
    acts: Mapping[Any, int]


def discarded(source: "Connection", restored: "Connection", to: datetime, open_credentials: int) -> dict[str, Any]:
    """Both as who reads everything. ``acts`` are rows of audit trails: they are carried over, what they did is not."""
    now, then = _standing(source), _standing(restored)
    found = {
        "acts": {
            "count": sum(last - then.acts.get(chain, 0) for chain, last in now.acts.items()),
            "newest": _newest_acts(source, then.acts),
        },
        "organisations": _new(now.organisations, then.organisations),
        "sites": _new(now.sites, then.sites),
        "keys": _new(now.keys, then.keys) | {"revoked_again": len((then.works - now.works) & set(then.keys))},
        "people": {"count": len(now.people.keys() - then.people.keys()),
                   "removed_again": len(then.people.keys() - now.people.keys())},
        "invitations": _new(now.invitations, then.invitations),
        "credentials": {"ended": open_credentials},
    }  # fmt: skip
    return {
        "at": datetime.now(UTC).isoformat(),
        "to": to.isoformat(),
        "source": "read",
        "events": events_since(source, to, list(then.sites)),
        **found,
        "confirmation": confirmation(found),
    }


def all_discarded(to: datetime) -> dict[str, Any]:
    """Where the running database can't be read, and nobody knows what it holds."""
    return {
        "at": datetime.now(UTC).isoformat(),
        "to": to.isoformat(),
        "source": "lost",
        "confirmation": f"discard everything since {to.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC",
    }


def events_since(connection: "Connection", to: datetime, sites: list[int]) -> dict[str, int]:
    """Events received after a moment: those of these sites, which are drained again, and those of sites that came later."""
    [[kept, lost]] = connection.run(
        "select count(*) filter (where site_id = any(:sites)), count(*) filter (where not site_id = any(:sites)) "
        "from events where received_at > :to",
        sites=sites,
        to=to,
    )
    return {"drained_again": int(kept), "of_discarded_sites": int(lost)}


def confirmation(found: Mapping[str, Any]) -> str:
    """What a person says to have a restore promoted, such as ``discard 14 acts, 1 key and 2 people``."""
    words = [_counted(found[name]["count"], one, many) for name, one, many in _NOUNS if found[name]["count"]]
    if not words:
        return "discard nothing"
    return f"discard {' and '.join(filter(None, (', '.join(words[:-1]), words[-1])))}"


_NOUNS: Final = (
    ("acts", "act", "acts"), ("organisations", "organisation", "organisations"), ("sites", "site", "sites"),
    ("keys", "key", "keys"), ("people", "person", "people"), ("invitations", "invitation", "invitations"),
)  # fmt: skip


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _new(now: Mapping[Any, str], then: Mapping[Any, str]) -> dict[str, Any]:
    new = [now[key] for key in now if key not in then]
    return {"count": len(new), "names": sorted(new)[:_SHOWN]}


def _standing(connection: "Connection") -> _Standing:
    keys = connection.run("select id, prefix, revoked_at is null and coalesce(expires_at > now(), true) from keys")
    return _Standing(
        organisations=dict(connection.run("select id, name from organisations")),
        sites=dict(connection.run("select id, domain from sites")),
        keys={key: prefix for key, prefix, _ in keys},
        works=frozenset(key for key, _, works in keys if works),
        people={(one, who): role for one, who, role in connection.run("select organisation_id, subject, role from members")},
        invitations=dict(connection.run("select id, label from invitations")),
        acts=dict(connection.run("select organisation_id, sequence from audit_heads")),
    )  # fmt: skip


def _newest_acts(source: "Connection", then: Mapping[Any, int]) -> list[dict[str, str]]:
    rows = source.run(
        "select organisation_id, sequence, at, actor, action, subject from audit order by at desc limit :limit",
        limit=_SHOWN,
    )
    return [
        {"at": at.astimezone(UTC).isoformat(), "actor": actor, "action": action, "subject": subject}
        for chain, sequence, at, actor, action, subject in rows
        if sequence > then.get(chain, 0)
    ]
