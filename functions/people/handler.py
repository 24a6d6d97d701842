"""Does in Cognito what was asked for people's accounts: it is outside the VPC, where the user pool can be reached."""

from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.logging import Logger

from functions.people.act import act_on, let_in
from functions.people.settings import Settings
from shared.accounts.carry_out import Ports
from shared.accounts.cognito import CognitoPool
from shared.accounts.mail import Mail
from shared.accounts.store import AccountStore
from shared.events.access import AccountAsked
from shared.events.catalogue import read
from shared.platform.aws.dynamodb import Table, signed_call
from shared.platform.settings import aws_settings, load

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
        answer = let_in(event["first"], ports)
        logger.info("let in", extra={"account": answer["email"]})
        return answer
    told = read(event["detail-type"], event["detail"])
    if not isinstance(told, AccountAsked):
        raise TypeError(f"{event['detail-type']} asks for nothing that is done here")
    after = act_on(told, ports)
    report = {
        "account": told.account,
        "state": after.state if after else "as before",
        "why": after.detail if after else "",
    }
    logger.info("done", extra=report)
    return report
