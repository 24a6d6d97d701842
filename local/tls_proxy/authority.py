"""A throw-away authority: it signs one certificate, for this machine's loopback address, and its key is forgotten at once."""

import os
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from local.state import LOOPBACK

_VALID: Final = timedelta(days=365)
_RENEWED_BEFORE: Final = timedelta(days=30)


@dataclass(frozen=True)
class Papers:
    """``authority`` is what a client trusts, ``trusted`` the same beside the machine's, ``server`` certificate and key."""

    folder: Path

    @property
    def authority(self) -> Path:
        return self.folder / "authority.pem"

    @property
    def trusted(self) -> Path:
        return self.folder / "trusted.pem"

    @property
    def server(self) -> Path:
        return self.folder / "server.pem"

    def context(self) -> ssl.SSLContext:
        """For the server's side; as in AWS, nothing below TLS 1.2."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self.server)
        return context


def papers(folder: Path, now: datetime) -> Papers:
    """Those in the folder, or new ones by a new authority when there are none or they end within a month."""
    found = Papers(folder)
    if not (found.trusted.exists() and _ends(found.server) > now + _RENEWED_BEFORE):
        folder.mkdir(parents=True, exist_ok=True)
        _issue(found, now)
    return found


def _ends(server: Path) -> datetime:
    if not server.exists():
        return datetime.min.replace(tzinfo=UTC)
    return x509.load_pem_x509_certificate(server.read_bytes()).not_valid_after_utc


def _issue(new: Papers, now: datetime) -> None:
    new.trusted.unlink(missing_ok=True)
    authority_key, server_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = _name("P09 on this machine, throw-away authority")
    certificate = _certificate(authority, authority, authority_key, authority_key, now, is_authority=True)
    server = _certificate(_name(LOOPBACK), authority, server_key, authority_key, now, is_authority=False)
    text = certificate.public_bytes(Encoding.PEM)
    new.authority.write_bytes(text)
    key = server_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    new.server.unlink(missing_ok=True)
    with os.fdopen(os.open(new.server, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(server.public_bytes(Encoding.PEM) + key)
    # Last: with it the papers are complete.
    new.trusted.write_bytes(_machines() + text)


def _machines() -> bytes:
    """Authorities that are lost where ``SSL_CERT_FILE`` names another file: none where a folder has each under its hash."""
    where = ssl.get_default_verify_paths()
    if where.capath and any(Path(where.capath).glob("*.0")):
        return b""
    return Path(where.cafile).read_bytes() if where.cafile else b""


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signing: ec.EllipticCurvePrivateKey,
    now: datetime,
    *,
    is_authority: bool,
) -> x509.Certificate:
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(LOOPBACK)), x509.DNSName("localhost")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + _VALID)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=0 if is_authority else None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False)
        .add_extension(_usage(is_authority=is_authority), critical=True)
    )
    if not is_authority:
        builder = builder.add_extension(names, critical=False)
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    return builder.sign(signing, hashes.SHA256())


def _usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority, key_cert_sign=is_authority, crl_sign=is_authority, content_commitment=False,
        key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
