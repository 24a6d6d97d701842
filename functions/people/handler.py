"""Does in Cognito what was asked for people's accounts: it is outside the VPC, where the user pool can be reached."""

from datetime import UTC, datetime
from typing import Any, Final

from aws_lambda_powertools.logging import Logger

from functions.people.settings import Settings
from shared.accounts.carry_out import Ports, admit, carry_out
from shared.accounts.cognito import CognitoPool
from shared.accounts.mail import Mail
from shared.accounts.model import ask
from shared.accounts.store import AccountStore
from shared.audit.chain import OPERATIONS, Entry
from shared.audit.pending import leave
from shared.events.access import AccountAsked
from shared.events.catalogue import read
from shared.platform.aws.dynamodb import Table, signed_call
from shared.platform.settings import aws_settings, load

ADMINISTRATOR: Final = "an administrator of the AWS account"

logger = Logger()
settings = load(Settings)
ports = Ports(
    store=AccountStore(Table(signed_call(aws_settings), settings.operations_table_name)),
    pool=CognitoPool(settings.user_pool_id),
    send=Mail(settings.mail_from).send,
    clock=lambda: datetime.now(UTC),
    console_url=settings.console_url,
)


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    if "first" in event:
        return _let_in(event["first"])
    told = read(event["detail-type"], event["detail"])
    if not isinstance(told, AccountAsked):
        raise TypeError(f"{event['detail-type']} asks for nothing that is done here")
    account = ports.store.get(told.account)
    if account is None or account.state != "pending" or account.order != told.id:
        logger.info("done before", extra={"account": told.account})
        return {"state": account.state if account else "unknown"}
    after = carry_out(account, ports)
    logger.info("done", extra={"account": after.email, "state": after.state, "why": after.detail})
    return {"state": after.state}


def _let_in(asked: dict[str, Any]) -> dict[str, Any]:
    """The first person of a stage, whom nobody can invite yet. Whoever may invoke this function reads the password."""
    email, roles, now = str(asked["email"]).lower(), tuple(asked["roles"]), ports.clock()
    before = ports.store.get(email)
    account = ask(before, "invited", email, by=ADMINISTRATOR, now=now, name=str(asked["name"]), roles=roles)
    password = admit(account, ports.pool)
    entry = Entry(
        organisation_id=OPERATIONS, actor=ADMINISTRATOR, action="let_in_first_person", subject=email,
        after={"roles": list(roles)},
    )  # fmt: skip
    ports.store.finish(before, account.ended("invited" if password else "enabled"), leave(entry, now))
    logger.info("let in", extra={"account": email, "roles": roles})
    return {"email": email, "temporary_password": password, "console": ports.console_url}
