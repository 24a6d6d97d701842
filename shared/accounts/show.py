"""Accounts as the API shows them."""

from shared.accounts.model import Account
from shared.accounts.view import AccountView


def account_view(account: Account) -> AccountView:
    return {
        "email": account.email, "name": account.name, "roles": list(account.roles), "wanted": account.wanted,
        "state": account.state, "detail": account.detail, "asked_by": account.asked_by, "asked_at": account.asked_at,
    }  # fmt: skip
