import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any

import jwt
import pytest
import redis
from cryptography.hazmat.primitives.asymmetric import rsa
from fastapi.testclient import TestClient
from jwt.algorithms import RSAAlgorithm

from scripts.openapi.apps import services_of
from shared.accounts.ended_sessions import FRESH_SECONDS, EndedSessions
from shared.http.origin_proof import HEADER, OriginProof
from shared.http.permissions import Function
from shared.identity.signing_keys import KeysUnavailable, SigningKeys, fetch_document
from shared.platform.aws.secrets import Login, LoginSecret
from shared.platform.postgres import Database
from shared.platform.secret import Secret
from shared.platform.settings import aws_settings
from shared.platform.valkey import Address, Valkey, open_connection
from shared.storage.counters import publish_site_totals
from shared.storage.drain import Drained, drain
from tests.conftest import MigratedDatabase
from tests.gateway import FUNCTIONS, gateway
from tests.servers import HOST, ValkeyServer

ISSUER = "https://cognito-idp.us-east-1.amazonaws.com/pool"
CLIENT_ID = "spa"
PIPELINE_CLIENT_ID = "pipeline-client"
KEY_ID = "key-1"
THROUGH_CLOUDFRONT = {HEADER: "proof"}


class KnownSecret(LoginSecret):
    def login(self) -> Login:
        return Login("cloudfront", Secret(THROUGH_CLOUDFRONT[HEADER]))

    def previous(self) -> None:
        return None


class LocalServices:
    """What a function's services have on the test's own servers; wake-ups are counted instead of sent."""

    wakes = 0
    migrated: MigratedDatabase
    valkey_server: ValkeyServer
    role: str
    jwks_url: str

    @classmethod
    def of(cls, function: Function, jwks_url: str, migrated: MigratedDatabase, valkey_server: ValkeyServer) -> Any:
        """With the function's own login of PostgreSQL."""
        services = services_of(
            function,
            cls,
            identity_issuer=ISSUER,
            identity_client_ids=CLIENT_ID,
            identity_pipeline_client_id=PIPELINE_CLIENT_ID,
            operations_table_name="",
        )
        services.jwks_url = jwks_url
        services.migrated, services.valkey_server, services.role = migrated, valkey_server, f"p09_{function}"
        return services

    @cached_property
    def origin_proof(self) -> OriginProof:
        return OriginProof(KnownSecret(aws_settings, "origin-proof"))

    @cached_property
    def signing_keys(self) -> SigningKeys:
        """As the pool publishes them now; that they come by the operations table is tested elsewhere."""
        return SigningKeys(self._published)

    def _published(self) -> Sequence[jwt.PyJWK]:
        try:
            return jwt.PyJWKSet.from_json(fetch_document(self.jwks_url)).keys
        except jwt.PyJWTError as error:
            raise KeysUnavailable(str(error)) from error

    @cached_property
    def database(self) -> Database:
        return self.migrated.database(self.role)

    @cached_property
    def health_database(self) -> Database:
        return self.migrated.database(self.role)

    @cached_property
    def ended(self) -> dict[str, int]:
        """Until when sessions were ended, by their subjects: what the operations table would say."""
        return {}

    @cached_property
    def ended_sessions(self) -> EndedSessions:
        return EndedSessions(lambda: self.ended, clock=count(step=FRESH_SECONDS).__next__)

    @cached_property
    def valkey(self) -> Valkey:
        address = Address(host=HOST, port=self.valkey_server.port)
        return Valkey(lambda: open_connection(address, password=self.valkey_server.password, timeout=10))

    @cached_property
    def health_valkey(self) -> Valkey:
        return self.valkey

    @cached_property
    def telemetry_valkey(self) -> Valkey:
        return self.valkey

    def wake(self) -> None:
        self.wakes += 1


@dataclass
class Issuer:
    """Signs tokens as Cognito does and serves its public keys."""

    private: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    def jwks(self) -> bytes:
        key = RSAAlgorithm.to_jwk(self.private.public_key(), as_dict=True) | {
            "kid": KEY_ID,
            "alg": "RS256",
            "use": "sig",
        }
        return json.dumps({"keys": [key]}).encode()

    def token(self, subject: str = "ada", groups: list[str] | None = None, **claims: Any) -> str:
        now = datetime.now(UTC)
        body = {
            "sub": subject, "iss": ISSUER, "client_id": CLIENT_ID, "token_use": "access", "username": subject,
            "iat": now, "exp": now + timedelta(minutes=5), "cognito:groups": groups or [],
        }  # fmt: skip
        return jwt.encode(body | claims, self.private, "RS256", headers={"kid": KEY_ID})

    def pipeline_token(self) -> str:
        now = datetime.now(UTC)
        body = {
            "sub": PIPELINE_CLIENT_ID, "iss": ISSUER, "client_id": PIPELINE_CLIENT_ID, "token_use": "access",
            "iat": now, "exp": now + timedelta(minutes=5), "scope": "delivery/changes",
        }  # fmt: skip
        return jwt.encode(body, self.private, "RS256", headers={"kid": KEY_ID})


@pytest.fixture(scope="session")
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture(scope="session")
def jwks_url(issuer: Issuer) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(issuer.jwks())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer((HOST, 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://{HOST}:{server.server_port}/jwks.json"
        server.shutdown()
        thread.join()


@dataclass
class Api:
    """The three HTTP functions in process on real servers, with a site of somebody called Ada."""

    client: TestClient
    functions: Mapping[Function, Any]
    issuer: Issuer
    migrated: MigratedDatabase
    organisation_id: str = ""
    site_id: str = ""
    write_key: str = ""
    read_key: str = ""

    @property
    def services(self) -> Any:
        """Those of the function `api`."""
        return self.functions["api"]

    @property
    def wakes(self) -> int:
        """How often the worker was woken."""
        return sum(services.wakes for services in self.functions.values())

    def forget_keys(self) -> None:
        """Let the environments forget what they remember of keys and domains for a minute."""
        for services in self.functions.values():
            services.sites._known.clear()

    def call(self, method: str, path: str, token: str = "", **arguments: Any) -> Any:
        headers = arguments.pop("headers", {}) | ({"authorization": f"Bearer {token}"} if token else {})
        return self.client.request(method, path, headers=headers, **arguments)

    def as_person(
        self,
        method: str,
        path: str,
        *,
        subject: str = "ada",
        groups: list[str] | None = None,
        **arguments: Any,
    ) -> Any:
        return self.call(method, path, self.issuer.token(subject, groups or ["P09-Developer"]), **arguments)

    def add_site(self, domain: str, subject: str = "ada") -> dict[str, str]:
        organisation = self.as_person("POST", "/v1/organisations", subject=subject, json={"name": "Acme"}).json()
        body = {"name": "Shop", "domain": domain, "organisation_id": organisation["organisation_id"]}
        site = self.as_person("POST", "/v1/sites", subject=subject, json=body).json()
        keys = {
            kind: self.as_person(
                "POST", f"/v1/sites/{site['site_id']}/keys", subject=subject, json={"kind": kind}
            ).json()
            for kind in ("ingest", "read")
        }
        return {
            "organisation_id": organisation["organisation_id"],
            "site_id": site["site_id"],
            "write_key": keys["ingest"]["key"],
            "read_key": keys["read"]["key"],
        }

    def send(self, *events: dict[str, Any], key: str = "") -> Any:
        return self.call("POST", "/v1/events", key or self.write_key, json={"events": events})

    def query(self, token: str = "", **body: Any) -> Any:
        asked = {"site_id": self.site_id, "metrics": ["visitors"], "date_range": "day"} | body
        return self.call("POST", "/v1/query", token or self.read_key, json=asked)

    def drain(self) -> Drained:
        worker = self.migrated.database("p09_worker")
        drained = drain(self.services.valkey, worker, lambda: True)
        publish_site_totals(self.services.valkey, worker, drained.sites)
        return drained


@pytest.fixture
def api(
    migrated: MigratedDatabase,
    valkey: redis.Redis,
    valkey_server: ValkeyServer,
    issuer: Issuer,
    jwks_url: str,
) -> Iterator[Api]:
    functions = {one: LocalServices.of(one, jwks_url, migrated, valkey_server) for one in FUNCTIONS}
    with TestClient(gateway(functions), raise_server_exceptions=False) as client:
        api = Api(client, functions, issuer, migrated)
        for name, value in api.add_site("shop.example").items():
            setattr(api, name, value)
        yield api
    for services in functions.values():
        services.valkey.close()
