"""Who makes and ends people's accounts in the user pool, and mails invitations: outside the VPC, which has no way there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration, Stack
from aws_cdk import aws_events as events
from constructs import Construct

from infra.constructs.rule import on_event
from infra.constructs.service_function import ServiceFunction

if TYPE_CHECKING:
    from aws_cdk import aws_cognito as cognito

    from infra.constructs.platform import DataServices, Platform

ON_PEOPLE = tuple(
    f"cognito-idp:Admin{act}"
    for act in (
        "AddUserToGroup",
        "CreateUser",
        "DisableUser",
        "EnableUser",
        "GetUser",
        "ListGroupsForUser",
        "RemoveUserFromGroup",
        "SetUserPassword",
        "UserGlobalSignOut",
    )
)


class People(Construct):
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        platform: Platform,
        data: DataServices,
        pool: cognito.IUserPool,
        console_url: str,
    ) -> None:
        super().__init__(scope, construct_id)
        mail = platform.stage.mail
        self.function = ServiceFunction(
            self,
            "people",
            platform=platform,
            environment={
                "OPERATIONS_TABLE_NAME": data.operations.table_name,
                "USER_POOL_ID": pool.user_pool_id,
                "CONSOLE_URL": console_url,
                "MAIL_FROM": mail.sender if mail else "",
            },
            reserved_concurrency=platform.stage.sizes.concurrency.people,
            timeout=Duration.minutes(1),
            memory_mb=512,
            in_network=False,
        )
        self.function.allow(*ON_PEOPLE, resources=[pool.user_pool_arn])
        self.function.allow_table(data.operations)
        if mail:
            identity = Stack.of(self).format_arn(service="ses", resource="identity", resource_name=mail.domain)
            self.function.allow("ses:SendEmail", resources=[identity], when={"ses:FromAddress": mail.address})
        on_event(
            self,
            "AccountAsked",
            data=data,
            function=self.function,
            pattern=events.EventPattern(source=["p09.access"], detail_type=["AccountAsked"]),
            description="What is asked for people's accounts is done in the user pool",
        )
