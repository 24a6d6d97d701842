"""`p09 site …` and `p09 key …`."""

from enum import StrEnum
from shlex import quote
from typing import Annotated, Final

import typer

from local.customers import open_site
from scripts.p09.output import AsJson, show, show_rows
from scripts.p09.session import session

sites = typer.Typer(no_args_is_help=True, help="Sites whose visits are counted.")
keys = typer.Typer(no_args_is_help=True, help="A site's keys: write keys send events, read keys ask for numbers.")

Organisation = Annotated[str | None, typer.Option(help="Whose site; made when there is none of that name.")]


class Kind(StrEnum):
    """Kinds of keys as people call them."""

    write = "write"
    read = "read"


_KINDS: Final = {Kind.write: "ingest", Kind.read: "read"}  # as the API has them
_NAMES: Final = {theirs: kind.value for kind, theirs in _KINDS.items()}


@sites.command("create")
def create_site(
    context: typer.Context,
    name: str,
    *,
    domain: Annotated[str, typer.Option(help="Host name of the site's pages, such as example.com.")],
    timezone: Annotated[str | None, typer.Option(help="IANA time zone of its days, such as Europe/Berlin.")] = None,
    organisation: Organisation = None,
    as_json: AsJson = False,
    as_env: Annotated[bool, typer.Option("--env", help="Print assignments, for `eval` in a shell.")] = False,
) -> None:
    """Add a site and print its id and fresh keys; your own site of that domain is taken, if there is one."""
    api, organisation_id = session(context).customer(organisation)
    site = open_site(api, organisation_id, name=name, domain=domain, timezone=timezone)
    if as_env:
        for key in ("site_id", "write_key", "read_key"):
            print(f"{key.upper()}={quote(site.as_dict()[key])}")
    else:
        show(site.as_dict(), as_json=as_json)


@sites.command("list")
def list_sites(context: typer.Context, *, organisation: Organisation = None, as_json: AsJson = False) -> None:
    """List the sites that you may see."""
    api = session(context).api(organisation)
    rows = list(api.pages("/v1/sites", "sites"))
    show_rows(rows, ("site_id", "name", "domain", "timezone", "organisation_id"), as_json=as_json)


@keys.command("create")
def create_key(
    context: typer.Context,
    site_id: str,
    *,
    kind: Kind,
    organisation: Organisation = None,
    as_json: AsJson = False,
) -> None:
    """Create a key and print it; it is shown this once."""
    found = session(context).api(organisation).post(f"/v1/sites/{site_id}/keys", {"kind": _KINDS[kind]})
    show(found, as_json=as_json)


@keys.command("list")
def list_keys(
    context: typer.Context, site_id: str, *, organisation: Organisation = None, as_json: AsJson = False
) -> None:
    """List a site's keys, without their secrets."""
    found = session(context).api(organisation).get(f"/v1/sites/{site_id}/keys")
    show_rows(
        [key | {"kind": _NAMES[key["kind"]]} for key in found["keys"]],
        ("key_id", "kind", "prefix", "created_at", "last_used_at", "expires_at", "revoked_at"),
        as_json=as_json,
    )


@keys.command("revoke")
def revoke_key(context: typer.Context, site_id: str, key_id: str, *, organisation: Organisation = None) -> None:
    """Revoke a key; it is refused everywhere within a minute."""
    session(context).api(organisation).delete(f"/v1/sites/{site_id}/keys/{key_id}")
    print(f"revoked {key_id}")


@keys.command("rotate")
def rotate_key(
    context: typer.Context,
    site_id: str,
    key_id: str,
    *,
    hours: Annotated[int, typer.Option(help="How long the old key works beside the new one.")] = 24,
    organisation: Organisation = None,
    as_json: AsJson = False,
) -> None:
    """Replace a key by a new one of its kind; the new one is shown this once."""
    path = f"/v1/sites/{site_id}/keys/{key_id}/rotation"
    show(session(context).api(organisation).post(path, {"overlap_seconds": 3600 * hours}), as_json=as_json)
