"""The user pool by boto3. Retries what Cognito throttles, and raises ``Impossible`` for what it refuses for good."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from shared.accounts.carry_out import Impossible, PoolUser

if TYPE_CHECKING:
    from collections.abc import Iterable

T = TypeVar("T")

_CONFIG: Final = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "max_attempts": 4})
_FOR_GOOD: Final = frozenset(
    {
        "InvalidParameterException",
        "InvalidPasswordException",
        "ResourceNotFoundException",
        "UnsupportedUserStateException",
    }
)
_NEW: Final = "FORCE_CHANGE_PASSWORD"


class CognitoPool:
    def __init__(self, pool_id: str) -> None:
        self._pool = pool_id

    def find(self, email: str) -> PoolUser | None:
        try:
            found = self._client.admin_get_user(UserPoolId=self._pool, Username=email)
        except self._client.exceptions.UserNotFoundException:
            return None
        return PoolUser(subject=_subject(found["UserAttributes"]), is_new=found["UserStatus"] == _NEW)

    def create(self, email: str, name: str, password: str) -> PoolUser:
        # Whoever has the password got it at this address: it is theirs.
        attributes = {"email": email, "email_verified": "true", "name": name}
        made = self._call(
            self._client.admin_create_user,
            Username=email,
            TemporaryPassword=password,
            UserAttributes=[{"Name": key, "Value": value} for key, value in attributes.items()],
            MessageAction="SUPPRESS",
        )
        return PoolUser(subject=_subject(made["User"]["Attributes"]), is_new=True)

    def set_temporary_password(self, email: str, password: str) -> None:
        self._call(self._client.admin_set_user_password, Username=email, Password=password, Permanent=False)

    def set_roles(self, email: str, roles: tuple[str, ...]) -> None:
        found = self._call(self._client.admin_list_groups_for_user, Username=email)
        has = {str(group["GroupName"]) for group in found["Groups"]}
        for role in sorted(set(roles) - has):
            self._call(self._client.admin_add_user_to_group, Username=email, GroupName=role)
        for role in sorted(has - set(roles)):
            self._call(self._client.admin_remove_user_from_group, Username=email, GroupName=role)

    def enable(self, email: str) -> None:
        self._call(self._client.admin_enable_user, Username=email)

    def disable(self, email: str) -> None:
        self._call(self._client.admin_disable_user, Username=email)
        self._call(self._client.admin_user_global_sign_out, Username=email)

    def _call(self, operation: Callable[..., T], **parameters: Any) -> T:
        try:
            return operation(UserPoolId=self._pool, **parameters)
        except ClientError as error:
            if error.response["Error"]["Code"] in _FOR_GOOD:
                raise Impossible(error.response["Error"]["Message"]) from error
            raise

    @cached_property
    def _client(self) -> Any:
        return boto3.client("cognito-idp", config=_CONFIG)


def _subject(attributes: "Iterable[dict[str, Any]]") -> str:
    return next(str(one["Value"]) for one in attributes if one["Name"] == "sub")
