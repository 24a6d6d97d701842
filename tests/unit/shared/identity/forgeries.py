"""Tokens as Cognito makes them, and tokens as others do."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import RSAAlgorithm

ISSUER = "https://cognito-idp.eu-west-1.amazonaws.com/pool"
CLIENT = "console"
REDIRECT_CLIENT = "console-by-redirect"
PIPELINE_CLIENT = "pipeline-client"
KID = "key-1"


def part(content: Any) -> str:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def now() -> int:
    return int(datetime.now(UTC).timestamp())


@dataclass
class Pool:
    """Signs as the user pool does."""

    private: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    other: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    def jwk(self, kid: str = KID, **more: str) -> jwt.PyJWK:
        found = RSAAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        return jwt.PyJWK.from_dict({**found, "kid": kid, "use": "sig", "alg": "RS256", **more})

    def pem(self) -> bytes:
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.private.public_key().public_bytes(serialization.Encoding.PEM, form)

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Of an access token; ``...`` leaves one out."""
        usual = {
            "sub": "1b6a", "iss": ISSUER, "client_id": CLIENT, "token_use": "access", "username": "ada",
            "iat": now(), "exp": now() + 300, "cognito:groups": ["P09-SRE"], "jti": "1", "scope": "openid",
        }  # fmt: skip
        renamed = {"cognito:groups" if name == "groups" else name: value for name, value in changes.items()}
        return {name: value for name, value in (usual | renamed).items() if value is not ...}

    def token(self, headers: Mapping[str, Any] | None = None, **changes: Any) -> str:
        return self.sign({"alg": "RS256", "kid": KID, **(headers or {})}, self.claims(**changes))

    def machine(self, **changes: Any) -> str:
        """Of the pipeline's client, which got it for itself."""
        usual: dict[str, Any] = {
            "sub": PIPELINE_CLIENT,
            "client_id": PIPELINE_CLIENT,
            "scope": "delivery/changes",
            "username": ...,
            "groups": ...,
        }
        return self.token(**(usual | changes))

    def sign(self, header: Any, claims: Any, key: rsa.RSAPrivateKey | None = None) -> str:
        """Signed over whatever stands there, JSON or not."""
        text = f"{part(header)}.{part(claims)}"
        signature = RSAAlgorithm(RSAAlgorithm.SHA256).sign(text.encode(), key or self.private)
        return f"{text}.{part(signature)}"


def unsigned(pool: Pool, algorithm: str) -> str:
    return f"{part({'alg': algorithm, 'kid': KID})}.{part(pool.claims())}."


def symmetric(pool: Pool, secret: bytes, algorithm: str = "HS256") -> str:
    text = f"{part({'alg': algorithm, 'kid': KID})}.{part(pool.claims())}"
    return f"{text}.{part(hmac.digest(secret, text.encode(), hashlib.sha256))}"


def elliptic(pool: Pool) -> str:
    return jwt.encode(pool.claims(), ec.generate_private_key(ec.SECP256R1()), "ES256", headers={"kid": KID})


def hashed_otherwise(pool: Pool, algorithm: str) -> str:
    return jwt.encode(pool.claims(), pool.private, algorithm, headers={"kid": KID})


def own_key(pool: Pool, name: str, value: Any) -> str:
    return pool.sign({"alg": "RS256", "kid": KID, name: value}, pool.claims(), pool.other)


def own_jwk(pool: Pool) -> dict[str, Any]:
    return dict(RSAAlgorithm.to_jwk(pool.other.public_key(), as_dict=True))


def flipped(pool: Pool, index: int) -> str:
    """One character of a part exchanged for another."""
    parts = pool.token().split(".")
    letter = "A" if parts[index][5] != "A" else "B"
    parts[index] = parts[index][:5] + letter + parts[index][6:]
    return ".".join(parts)


def parts_of(pool: Pool, *names: int | str) -> str:
    parts = pool.token().split(".")
    return ".".join(parts[name] if isinstance(name, int) else name for name in names)


def promoted(pool: Pool) -> str:
    header, _, signature = pool.token().split(".")
    return f"{header}.{part(pool.claims(groups=['P09-DBA']))}.{signature}"


def repeated(pool: Pool, name: str, value: str) -> str:
    claims = json.dumps(pool.claims())[:-1] + f', "{name}": {value}}}'
    return pool.sign({"alg": "RS256", "kid": KID}, claims.encode())


def repeated_header(pool: Pool) -> str:
    return pool.sign(b'{"alg": "none", "alg": "RS256", "kid": "key-1"}', pool.claims())


def noncanonical(pool: Pool) -> str:
    """The same bytes by another last letter: its lowest bits mean nothing."""
    token = pool.token()
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + letters[letters.index(token[-1]) ^ 1]


def beyond_all_numbers(pool: Pool) -> str:
    claims = json.dumps(pool.claims(exp=0)).replace('"exp": 0', '"exp": 1e999')
    return pool.sign({"alg": "RS256", "kid": KID}, claims.encode())


FORGERIES: dict[str, Callable[[Pool], str]] = {
    "no algorithm": lambda pool: unsigned(pool, "none"),
    "no algorithm, in capitals": lambda pool: unsigned(pool, "NONE"),
    "no algorithm, mixed": lambda pool: unsigned(pool, "nOnE"),
    "RS256 without a signature": lambda pool: unsigned(pool, "RS256"),
    "no algorithm, signed all the same": lambda pool: pool.token({"alg": "none"}),
    "HS256 with the public key as PEM": lambda pool: symmetric(pool, pool.pem()),
    "HS256 with the public key as PEM, no newline": lambda pool: symmetric(pool, pool.pem().strip()),
    "HS256 with an empty secret": lambda pool: symmetric(pool, b""),
    "HS256 said to be RS256": lambda pool: symmetric(pool, pool.pem(), "RS256"),
    "ES256": elliptic,
    "RS384": lambda pool: hashed_otherwise(pool, "RS384"),
    "RS512": lambda pool: hashed_otherwise(pool, "RS512"),
    "PS256": lambda pool: hashed_otherwise(pool, "PS256"),
    "algorithm is a list": lambda pool: pool.token({"alg": ["RS256"]}),
    "algorithm is missing": lambda pool: pool.sign({"kid": KID}, pool.claims()),
    "somebody else's key under our id": lambda pool: pool.sign({"alg": "RS256", "kid": KID}, pool.claims(), pool.other),
    "unknown key id": lambda pool: pool.token({"kid": "key-9"}),
    "no key id": lambda pool: pool.sign({"alg": "RS256"}, pool.claims()),
    "empty key id": lambda pool: pool.token({"kid": ""}),
    "key id is a number": lambda pool: pool.token({"kid": 1}),
    "key id is a path": lambda pool: pool.token({"kid": "../../dev/null"}),
    "key id is SQL": lambda pool: pool.token({"kid": "key-1' or '1'='1"}),
    "brings its key": lambda pool: own_key(pool, "jwk", own_jwk(pool)),
    "brings its key's address": lambda pool: own_key(pool, "jku", "https://evil.example/jwks.json"),
    "brings a certificate's address": lambda pool: own_key(pool, "x5u", "https://evil.example/x.pem"),
    "brings a certificate": lambda pool: own_key(pool, "x5c", ["MIIB"]),
    "asks for more than we know": lambda pool: pool.token({"crit": ["exp"]}),
    "payload not encoded": lambda pool: pool.token({"b64": False, "crit": ["b64"]}),
    "compressed": lambda pool: pool.token({"zip": "DEF"}),
    "expired": lambda pool: pool.token(exp=now() - 60, iat=now() - 360),
    "expires never": lambda pool: pool.token(exp=...),
    "expires in ten years": lambda pool: pool.token(exp=now() + 10 * 365 * 86400),
    "expiry is text": lambda pool: pool.token(exp="tomorrow"),
    "expiry is a number as text": lambda pool: pool.token(exp=str(now() + 300)),
    "expiry is true": lambda pool: pool.token(exp=True),
    "expiry is infinite": lambda pool: pool.token(exp=float("inf")),
    "expiry is no number": lambda pool: pool.token(exp=float("nan")),
    "expiry is beyond all numbers": beyond_all_numbers,
    "not valid yet": lambda pool: pool.token(nbf=now() + 60),
    "made in the future": lambda pool: pool.token(iat=now() + 60),
    "made never": lambda pool: pool.token(iat=...),
    "of another pool": lambda pool: pool.token(iss=ISSUER + "2"),
    "of a pool that begins like ours": lambda pool: pool.token(iss=ISSUER[:-1]),
    "issuer with a slash": lambda pool: pool.token(iss=ISSUER + "/"),
    "issuer is a list": lambda pool: pool.token(iss=[ISSUER]),
    "of nobody": lambda pool: pool.token(iss=...),
    "for another client": lambda pool: pool.token(client_id="other"),
    "for no client": lambda pool: pool.token(client_id=...),
    "client is a list": lambda pool: pool.token(client_id=[CLIENT]),
    "an id token": lambda pool: pool.token(token_use="id", aud=CLIENT, client_id=...),
    "an id token that names the client": lambda pool: pool.token(token_use="id"),
    "an access token with an audience": lambda pool: pool.token(aud=CLIENT),
    "a refresh token": lambda pool: pool.token(token_use="refresh"),
    "of no use": lambda pool: pool.token(token_use=...),
    "use is a list": lambda pool: pool.token(token_use=["access"]),
    "of nobody in particular": lambda pool: pool.token(sub=...),
    "subject is empty": lambda pool: pool.token(sub=""),
    "subject is a number": lambda pool: pool.token(sub=7),
    "subject is null": lambda pool: pool.token(sub=None),
    "another role written in": promoted,
    "header altered": lambda pool: flipped(pool, 0),
    "claims altered": lambda pool: flipped(pool, 1),
    "signature altered": lambda pool: flipped(pool, 2),
    "signature cut short": lambda pool: pool.token()[:-10],
    "signature of another token": lambda pool: parts_of(pool, 0, 1, pool.token(sub="bob").split(".")[2]),
    "signature written in another way": noncanonical,
    "cut short to two parts": lambda pool: parts_of(pool, 0, 1),
    "four parts": lambda pool: parts_of(pool, 0, 1, 2, 2),
    "five parts": lambda pool: parts_of(pool, 0, 1, 2, 1, 2),
    "empty claims": lambda pool: parts_of(pool, 0, "", 2),
    "empty": lambda pool: "",
    "dots": lambda pool: "..",
    "padding": lambda pool: pool.token() + "==",
    "a space in it": lambda pool: pool.token().replace(".", ". ", 1),
    "a line break after it": lambda pool: pool.token() + "\n",
    "a letter beyond ASCII": lambda pool: pool.token() + "é",
    "plain base64": lambda pool: parts_of(pool, 0, 1, "a+/b"),
    "longer than any": lambda pool: pool.token(scope="x" * 8192),
    "claims are a list": lambda pool: pool.sign({"alg": "RS256", "kid": KID}, [pool.claims()]),
    "claims are no JSON": lambda pool: pool.sign({"alg": "RS256", "kid": KID}, b"{'sub': 1}"),
    "claims are not UTF-8": lambda pool: pool.sign({"alg": "RS256", "kid": KID}, b'{"sub": "\xff"}'),
    "claims without end": lambda pool: pool.sign({"alg": "RS256", "kid": KID}, b"[" * 3000),
    "header is a list": lambda pool: pool.sign(["RS256", KID], pool.claims()),
    "a claim twice": lambda pool: repeated(pool, "sub", '"bob"'),
    "groups twice": lambda pool: repeated(pool, "cognito:groups", '["P09-DBA"]'),
    "a header twice": repeated_header,
    "no user": lambda pool: pool.token(username=...),
    "user is empty": lambda pool: pool.token(username=""),
    "user is a number": lambda pool: pool.token(username=7),
    "person is the console": lambda pool: pool.token(sub=CLIENT),
    "person is the pipeline": lambda pool: pool.token(sub=PIPELINE_CLIENT),
    "person with the pipeline's scope": lambda pool: pool.token(scope="openid delivery/changes"),
    "person with the pipeline's scope alone": lambda pool: pool.token(scope="delivery/changes"),
    "console got a token for itself": lambda pool: pool.machine(sub=CLIENT, client_id=CLIENT),
    "machine of another client": lambda pool: pool.machine(sub="other", client_id="other"),
    "machine for a person": lambda pool: pool.machine(sub="1b6a"),
    "machine with another client's subject": lambda pool: pool.machine(sub=CLIENT),
    "machine with a user": lambda pool: pool.machine(username="ada"),
    "machine with an empty user": lambda pool: pool.machine(username=""),
    "machine with a name": lambda pool: pool.machine(p09_name="ada@example.com"),
    "machine with a role": lambda pool: pool.machine(groups=["P09-Lead"]),
    "machine with no groups listed": lambda pool: pool.machine(groups=[]),
    "machine without scope": lambda pool: pool.machine(scope=...),
    "machine with an empty scope": lambda pool: pool.machine(scope=""),
    "machine with another scope": lambda pool: pool.machine(scope="delivery/all"),
    "machine with a longer scope": lambda pool: pool.machine(scope="delivery/changes2"),
    "machine with more scopes": lambda pool: pool.machine(scope="delivery/changes openid"),
    "machine with a scope in capitals": lambda pool: pool.machine(scope="Delivery/Changes"),
    "machine with a list of scopes": lambda pool: pool.machine(scope=["delivery/changes"]),
    "machine's id token": lambda pool: pool.machine(token_use="id"),
    "machine of another pool": lambda pool: pool.machine(iss="https://cognito-idp.eu-west-1.amazonaws.com/other"),
    "machine's token has ended": lambda pool: pool.machine(iat=now() - 900, exp=now() - 60),
}
