import pytest
import pytest_socket


@pytest.fixture(autouse=True)
def no_sockets() -> None:
    """Unit tests open no connection; event loops need their own pair of Unix sockets."""
    pytest_socket.disable_socket(allow_unix_socket=True)
