import time
import traceback
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from shared.platform.outgoing.send import (
    Origin,
    OutgoingRefused,
    OutgoingUnavailable,
    Policy,
    Request,
    Response,
    origins,
    send,
)
from tests.integration.platform.canary import PUBLIC, Canary, World, tls_canary

SECONDS = 10.0
POLICY = Policy()


@pytest.fixture
def canary() -> Iterator[Canary]:
    with Canary() as canary:
        yield canary


def get(url: str, world: World, policy: Policy = POLICY, headers: Mapping[str, str] | None = None) -> Response:
    return send(Request(method="GET", url=url, headers=headers or {}), policy, SECONDS, network=world)


LITERALS = [
    "127.0.0.1",
    "127.0.0.1.",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.0x0.0x0.0x1",
    "0x7f.1",
    "017700000001",
    "0177.0.0.1",
    "0177.0.0.01",
    "00000000177.0.0.1",
    "127.255.255.254",
    "0",
    "0.0.0.0",
    "0x0",
    "10.0.0.1",
    "10.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "3232235521",
    "169.254.169.254",
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "169.254.170.2",
    "100.64.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::]",
    "[::127.0.0.1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:0:127.0.0.1]",
    "[::ffff:169.254.169.254]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[2002:a9fe:a9fe::1]",
    "[2001:0:7f00:1::]",
    "[2001::80ff:fffe]",
    "[2606:4700::5efe:7f00:1]",
    "[2606:4700::200:5efe:a9fe:a9fe]",
    "[fe80::1]",
    "[fec0::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[fd20:ce::254]",
    "[ff02::1]",
    "[100::1]",
    "[2001:db8::1]",
    "[3fff::1]",
    "[5f00::1]",
]


@pytest.mark.parametrize("host", LITERALS)
def test_an_address_that_is_not_on_the_internet_is_not_connected_to(canary: Canary, host: str) -> None:
    for scheme in ("http", "https"):
        with pytest.raises(OutgoingRefused):
            get(f"{scheme}://{host}:{canary.port}/", World(canary))

    assert canary.connections == 0


URLS = [
    "http://user@127.0.0.1/",
    "http://public.example@127.0.0.1/",
    "http://public.example:80@127.0.0.1/",
    "http://127.0.0.1@public.example/",
    "http://public.example\\@127.0.0.1/",
    "http://127.0.0.1\\.public.example/",
    "http://127.0.0.1#@public.example/",
    "http://127.0.0.1?@public.example/",
    "http://127.0.0.1;public.example/",
    "http://127.0.0.1%00.public.example/",
    "http://127.0.0.1%2f.public.example/",
    "http://%31%32%37.0.0.1/",
    "http://public.example%40127.0.0.1/",
    "http://127。0。0。1/",
    "http://①②⑦.0.0.1/",
    "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/",
    "http://[::1%25lo]/",
    "http://[fe80::1%25eth0]/",
    "http://[::ffff:127.0.0.1%25public.example]/",
    "http://[::1",
    "http://[v1.127.0.0.1]/",
    "http://localhost/",
    "http://LOCALHOST/",
    "http://localhost./",
    "http:///127.0.0.1/",
    "http:127.0.0.1",
    "//127.0.0.1/",
    "http://",
    "http://./",
    "http://public.example:99999/",
    "http://public.example:port/",
    "http://public.example:22/",
    "http://public.example:25/",
    "http://public.example:0/",
    "file:///etc/passwd",
    "ftp://public.example/",
    "gopher://127.0.0.1:6379/_FLUSHALL",
    "dict://127.0.0.1:6379/info",
    "jar:http://127.0.0.1!/",
    "unix:///run/docker.sock",
    "javascript:alert(1)",
    "http://public.example/\r\nhost: 127.0.0.1",
    "http://public.example /",
    "http://public.example\t/",
    " http://public.example/",
    "http://public.example/ HTTP/1.1\r\nX: y",
    "http://" + "a" * 64 + ".example/",
    "http://a..example/",
]


@pytest.mark.parametrize("url", URLS)
def test_an_address_that_can_be_read_in_two_ways_or_is_no_web_address_is_not_asked_for(
    canary: Canary, url: str
) -> None:
    with pytest.raises(OutgoingRefused):
        get(url, World(canary, {"public.example": [[PUBLIC]]}))

    assert canary.connections == 0


NAMES = [
    ["127.0.0.1"],
    ["::1"],
    ["169.254.169.254"],
    ["::ffff:10.0.0.1"],
    ["fe80::1%eth0"],
    ["2606:4700::1%eth0"],
    [PUBLIC, "127.0.0.1"],
    ["127.0.0.1", PUBLIC],
    ["2606:4700::1", "::1"],
    [PUBLIC, "fd00:ec2::254"],
]


@pytest.mark.parametrize("addresses", NAMES)
def test_a_name_with_any_address_that_is_not_on_the_internet_is_not_connected_to(
    canary: Canary, addresses: list[str]
) -> None:
    with pytest.raises(OutgoingRefused):
        get("http://hook.example/", World(canary, {"hook.example": [addresses]}))

    assert canary.connections == 0


def test_a_name_that_answers_differently_the_second_time_is_not_asked_a_second_time(canary: Canary) -> None:
    world = World(canary, {"hook.example": [[PUBLIC], ["127.0.0.1"]]})

    get("http://hook.example/", world)

    assert (world.asked, world.connected) == (["hook.example"], [(PUBLIC, 80)])


TRAPS = [
    "http://127.0.0.1/",
    "http://2130706433/",
    "http://[::ffff:127.0.0.1]/",
    "http://169.254.169.254/latest/meta-data/",
    "//127.0.0.1/",
    "http://localhost/",
    "http://inside.example/",
    "http://rebinding.example/again",
    "http://user:password@public.example/",
    "http://public.example:22/",
    "file:///etc/passwd",
    "gopher://127.0.0.1/",
    "http://public.example\\@127.0.0.1/",
]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("trap", TRAPS)
def test_a_redirect_is_checked_as_the_first_address_was(canary: Canary, trap: str, status: int) -> None:
    canary.answers["/start"] = (status, {"location": trap}, b"")
    names = {
        "rebinding.example": [[PUBLIC], ["127.0.0.1"]],
        "public.example": [[PUBLIC]],
        "inside.example": [["10.0.0.8"]],
    }

    with pytest.raises(OutgoingRefused):
        get("http://rebinding.example/start", World(canary, names))

    assert [heard.path for heard in canary.heard] == ["/start"]


def test_redirects_end_after_a_few(canary: Canary) -> None:
    canary.answers["/"] = (302, {"location": "/"}, b"")

    with pytest.raises(OutgoingRefused, match="more than 3 redirects"):
        get("http://hook.example/", World(canary, {"hook.example": [[PUBLIC]]}))

    assert canary.connections == 4


def test_a_redirect_within_an_origin_keeps_everything(canary: Canary) -> None:
    canary.answers["/a"] = (307, {"location": "/b?c=d"}, b"")
    request = Request(method="POST", url="http://hook.example/a", headers={"Webhook-Signature": "s"}, body=b"{}")

    send(request, POLICY, SECONDS, network=World(canary, {"hook.example": [[PUBLIC]]}))

    last = canary.heard[-1]
    assert (last.method, last.path, last.body) == ("POST", "/b?c=d", b"{}")
    assert last.headers["webhook-signature"] == "s"


def test_a_redirect_to_another_origin_is_not_told_a_secret(canary: Canary) -> None:
    canary.answers["/a"] = (302, {"location": "http://other.example/b"}, b"")
    world = World(canary, {"hook.example": [[PUBLIC]], "other.example": [[PUBLIC]]})
    request = Request(method="POST", url="http://hook.example/a", headers={"Authorization": "t", "Accept": "x"})

    send(request, POLICY, SECONDS, network=world)

    last = canary.heard[-1]
    assert (last.method, last.path, last.headers["host"]) == ("GET", "/b", "other.example")
    assert "authorization" not in last.headers
    assert last.headers["accept"] == "x"


def test_a_public_name_is_reached_at_the_address_that_was_checked(canary: Canary) -> None:
    """The control: without a reason to refuse, the canary is reached."""
    world = World(canary, {"hook.example": [[PUBLIC, "2606:4700::1111"]]})
    request = Request(method="POST", url="http://Hook.Example:8080/a?b=c#d", headers={"X-A": "b"}, body=b"{}")

    response = send(request, POLICY, SECONDS, network=world)

    [heard] = canary.heard
    assert (response.status, response.body) == (200, b"ok")
    assert world.connected == [(PUBLIC, 8080)]
    assert (heard.method, heard.path, heard.body, heard.headers["host"]) == (
        "POST",
        "/a?b=c",
        b"{}",
        "hook.example:8080",
    )
    assert heard.headers["x-a"] == "b"


def test_only_the_exact_origin_of_a_stand_in_is_let_through(canary: Canary) -> None:
    policy = Policy(allowed=origins(f"http://localhost:{canary.port}"))

    assert get(f"http://localhost:{canary.port}/", World(canary), policy).status == 200
    for url in (f"http://127.0.0.1:{canary.port}/", f"https://localhost:{canary.port}/", "http://localhost:8081/"):
        with pytest.raises(OutgoingRefused):
            get(url, World(canary), policy)
    assert canary.connections == 1


def test_a_stand_in_is_reached_without_any_stand_in_for_the_network(canary: Canary) -> None:
    url = f"http://127.0.0.1:{canary.port}/"

    with pytest.raises(OutgoingRefused):
        send(Request(method="GET", url=url), POLICY, SECONDS)
    assert canary.connections == 0
    assert send(Request(method="GET", url=url), Policy(allowed=frozenset({Origin.of(url)})), SECONDS).status == 200


def test_the_environments_proxy_is_not_asked(canary: Canary, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{canary.port}")

    with pytest.raises(OutgoingRefused):
        send(Request(method="GET", url="http://10.0.0.1/"), POLICY, SECONDS)

    assert canary.connections == 0


def test_the_certificate_is_that_of_the_name_though_the_connection_goes_to_an_address(tmp_path: Path) -> None:
    with tls_canary("hook.example", tmp_path) as (canary, certificate):
        world = World(canary, {"hook.example": [[PUBLIC]], "other.example": [[PUBLIC]]}, certificate)

        assert get("https://hook.example/", world).status == 200
        assert canary.heard[-1].headers["host"] == "hook.example"
        with pytest.raises(OutgoingUnavailable, match="Hostname mismatch"):
            get("https://other.example/", world)
        with pytest.raises(OutgoingUnavailable, match="self-signed"):
            get("https://hook.example/", World(canary, {"hook.example": [[PUBLIC]]}))
        assert len(canary.heard) == 1


def test_plain_http_is_refused_where_https_is_asked_for(canary: Canary) -> None:
    with pytest.raises(OutgoingRefused, match="https is needed"):
        get("http://hook.example/", World(canary, {"hook.example": [[PUBLIC]]}), Policy(https_only=True))
    assert canary.connections == 0


def test_a_redirect_from_https_to_http_is_refused(tmp_path: Path) -> None:
    with tls_canary("hook.example", tmp_path) as (canary, certificate):
        canary.answers["/"] = (302, {"location": "http://hook.example/"}, b"")
        with pytest.raises(OutgoingRefused, match="from https to http"):
            get("https://hook.example/", World(canary, {"hook.example": [[PUBLIC]]}, certificate))


@pytest.mark.parametrize(
    "name", ["Host", "content-length", "Transfer-Encoding", "Connection", "Proxy-Authorization", "Upgrade"]
)
def test_headers_that_decide_where_a_request_goes_or_ends_are_ours(canary: Canary, name: str) -> None:
    with pytest.raises(OutgoingRefused, match="not for callers"):
        get("http://hook.example/", World(canary, {"hook.example": [[PUBLIC]]}), headers={name: "x"})
    assert canary.connections == 0


@pytest.mark.parametrize(("name", "value"), [("x", "a\r\nhost: b"), ("x\r\ny", "a"), ("x", "a\nb"), ("x", "\u20ac")])
def test_headers_do_not_break_out_of_their_line(canary: Canary, name: str, value: str) -> None:
    said = "MaRkEr"[::-1]  # as it stands in no line of source
    with pytest.raises(OutgoingRefused) as refused:
        get("http://hook.example/", World(canary, {"hook.example": [[PUBLIC]]}), headers={name: said + value})
    assert canary.heard == []
    assert said not in "".join(traceback.format_exception(refused.value))


def test_an_answer_is_read_up_to_the_bound(canary: Canary) -> None:
    canary.answers["/"] = (200, {}, b"x" * 100_000)

    response = get("http://hook.example/", World(canary, {"hook.example": [[PUBLIC]]}), Policy(max_bytes=10))

    assert response.body == b"x" * 10


def drip(handler: BaseHTTPRequestHandler) -> None:
    """A byte now and then, for ever: no single wait is long."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        handler.wfile.write(b"x: y\r\n" if handler.path == "/headers" else b"x")
        handler.wfile.flush()
        time.sleep(0.01)


@pytest.mark.parametrize("path", ["/headers", "/line"])
def test_an_answer_that_drips_is_cut_off(canary: Canary, path: str) -> None:
    canary.answers[path] = drip
    request = Request(method="GET", url=f"http://hook.example{path}")

    with pytest.raises(OutgoingUnavailable):
        send(request, POLICY, 0.3, network=World(canary, {"hook.example": [[PUBLIC]]}))


def test_nobody_at_the_address_may_be_tried_again() -> None:
    with Canary() as gone:
        world = World(gone, {"hook.example": [[PUBLIC, "2606:4700::1111"]]})
    with pytest.raises(OutgoingUnavailable, match=r"http://hook\.example:80"):
        get("http://hook.example/", world)
    assert len(world.connected) == 2


def test_a_name_that_nobody_knows_may_be_tried_again(canary: Canary) -> None:
    with pytest.raises(OutgoingUnavailable):
        get("http://hook.invalid/", World(canary, {"hook.invalid": [[]]}))


def test_a_resolver_that_hangs_is_not_waited_for(canary: Canary) -> None:
    class Hanging(World):
        def resolve(self, host: str, port: int) -> list[str]:
            time.sleep(1)
            return [PUBLIC]

    with pytest.raises(OutgoingUnavailable, match="in time"):
        send(Request(method="GET", url="http://hook.example/"), POLICY, 0.05, network=Hanging(canary))
    assert canary.connections == 0
