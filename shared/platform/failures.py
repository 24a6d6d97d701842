"""Failures of servers, apart from their drivers: who only maps them to answers need not import pg8000."""


class PostgresUnavailable(Exception):
    """PostgreSQL can't be reached, refused the connection or broke it; nothing was written, or a commit's answer was lost."""


class PostgresBadLogin(PostgresUnavailable):
    """The server refused user name or password."""
