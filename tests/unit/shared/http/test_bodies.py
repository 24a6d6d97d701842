"""How bodies come in: compressed or not, in UTF-8 or not."""

import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from shared.collection.event import MAX_BYTES
from shared.http.gunzip import Damaged, Gunzip, TooLarge
from tests.gateway import gateway_with
from tests.unit.shared.http.test_permissions import TOKENS, NoServers

JSON = json.dumps({"metrics": [], "site_id": "1", "date_range": "7d"}).encode()
PACKED = gzip.compress(JSON, mtime=0)  # the name of a test is the same in each process
TOKEN = {"authorization": f"Bearer {TOKENS['read key']}"}
ASKING = TOKEN | {"content-encoding": "gzip"}
PLANNING = {"authorization": "Bearer P09-SRE", "content-encoding": "gzip"}


def unpack(packed: bytes) -> None:
    gunzip = Gunzip(1000)
    gunzip.feed(packed)
    gunzip.finish()


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(gateway_with(NoServers)) as client:
        yield client


def test_a_body_in_gzip_is_read_like_the_one_that_it_holds(client: TestClient) -> None:
    plain = client.post("/v1/query", content=JSON, headers=ASKING | {"content-encoding": "identity"})
    for headers in (ASKING, ASKING | {"content-encoding": "X-GZIP"}, ASKING | {"content-type": "application/gzip"}):
        packed = client.post("/v1/query", content=PACKED, headers=headers)
        assert (packed.status_code, packed.json()) == (plain.status_code, plain.json())
    assert plain.json()["errors"][0]["pointer"] == "#/metrics"


def test_a_body_in_gzip_reaches_the_routes_whose_bodies_fastapi_reads(client: TestClient) -> None:
    answer = client.post("/v1/calendar", content=gzip.compress(b'{"kind": "party"}'), headers=PLANNING)
    assert answer.status_code == 422
    assert {"pointer": "#/kind", "detail": "kind: 'party' must be 'maintenance' or 'freeze'"} in answer.json()["errors"]


def test_a_body_may_begin_with_a_byte_order_mark(client: TestClient) -> None:
    plain, marked = (client.post("/v1/query", content=body, headers=TOKEN) for body in (JSON, b"\xef\xbb\xbf" + JSON))
    assert (marked.status_code, marked.json()) == (plain.status_code, plain.json())


def test_half_a_character_costs_no_body(client: TestClient) -> None:
    answer = client.post("/v1/query", content=JSON[:-1] + rb', "cut \ud83d": 1}', headers=TOKEN)
    assert {"pointer": "#/cut \ufffd", "detail": "is not a field that is known here"} in answer.json()["errors"]


def test_what_is_no_json_stays_none(client: TestClient) -> None:
    answer = client.post("/v1/query", content=rb'{"a": "\ud83d', headers=TOKEN)
    assert answer.status_code == 400
    assert "not JSON" in answer.json()["detail"]


@pytest.mark.parametrize("path", ["/v1/query", "/v1/calendar"])
def test_a_bomb_is_refused_once_more_than_the_limit_is_unpacked(client: TestClient, path: str) -> None:
    bomb = gzip.compress(b" " * (50 * MAX_BYTES))
    assert len(bomb) < MAX_BYTES
    headers = ASKING if path == "/v1/query" else PLANNING
    answer = client.post(path, content=bomb, headers=headers)
    assert answer.status_code == 413
    assert f"unpacked, the body is larger than {MAX_BYTES:,} bytes" in answer.json()["detail"]


def test_what_is_unpacked_never_exceeds_the_limit() -> None:
    bomb = gzip.compress(b" " * 1_000_000)
    held = 0
    gunzip = Gunzip(1000)

    def feed() -> None:
        nonlocal held
        for byte in bomb:
            held += len(gunzip.feed(bytes([byte])))

    with pytest.raises(TooLarge):
        feed()
    assert held <= 1000


def test_members_that_follow_one_another_are_one_text_in_pieces_of_any_size() -> None:
    packed = gzip.compress(b"one ") + gzip.compress(b"two")
    for size in (1, 7, len(packed)):
        gunzip = Gunzip(7)
        pieces = [packed[start : start + size] for start in range(0, len(packed), size)]
        assert b"".join(map(gunzip.feed, pieces)) == b"one two"
        gunzip.finish()


@pytest.mark.parametrize(("packed", "why"), [(b"{}", "not gzip"), (PACKED[:-4], "ends too early"), (b"", "too early")])
def test_what_is_not_whole_gzip_is_a_mistake_of_who_sent_it(client: TestClient, packed: bytes, why: str) -> None:
    answer = client.post("/v1/query", content=packed, headers=ASKING)
    assert answer.status_code == 400
    assert why in answer.json()["detail"]
    with pytest.raises(Damaged, match=why):
        unpack(packed)


def test_gzip_that_a_gateway_took_for_text_is_refused_with_the_way_out(client: TestClient) -> None:
    spoilt = PACKED.decode(errors="replace").encode()
    answer = client.post("/v1/query", content=spoilt, headers=ASKING)
    assert answer.status_code == 415
    assert "application/octet-stream" in answer.json()["detail"]


@pytest.mark.parametrize("encoding", ["br", "deflate", "zstd", "gzip, gzip", "x" * 500])
def test_any_other_encoding_is_refused_and_gzip_named(client: TestClient, encoding: str) -> None:
    answer = client.post("/v1/query", content=JSON, headers=ASKING | {"content-encoding": encoding})
    assert (answer.status_code, answer.headers["accept-encoding"]) == (415, "gzip")
    assert "gzip" in answer.json()["detail"]
    assert len(answer.json()["detail"]) < 300


@pytest.mark.parametrize(
    "body", [b'{"kind": "\xff"}', b'{"kind": "\xc3', '{"kind": 1}'.encode("utf-16"), b"{\x00}\x00"]
)
@pytest.mark.parametrize("path", ["/v1/calendar", "/v1/query", "/api/event"])
def test_bytes_that_are_not_utf_8_are_a_mistake_of_who_sent_them(client: TestClient, path: str, body: bytes) -> None:
    headers = (ASKING if path == "/v1/query" else PLANNING) | {
        "content-encoding": "",
        "content-type": "application/json",
    }
    answer = client.post(path, content=body, headers=headers)
    assert answer.status_code == 400, answer.text
    assert "UTF-8" in answer.json()["detail"]


def test_a_character_may_lie_across_two_pieces_of_a_body(client: TestClient) -> None:
    def pieces() -> Any:
        yield b'{"kind": "\xc3'
        yield b'\xa9"}'

    headers = PLANNING | {"content-encoding": "", "content-type": "application/json"}
    answer = client.post("/v1/calendar", content=pieces(), headers=headers)
    assert (answer.status_code, "'é'" in answer.json()["detail"]) == (422, True)
