"""A key pair to sign with, its public half as DNS would give it, and two verifiers that know no network."""

import base64
import subprocess
from functools import lru_cache
from pathlib import Path

import dkim
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from mailer.message.dkim import Signer
from mailer.message.signing_key import read_signing_key

DOMAIN, SELECTOR = "example.com", "autumn"
NAME = f"{SELECTOR}._domainkey.{DOMAIN}"


@lru_cache
def new_key(bits: int = 2048) -> RSAPrivateKey:
    return generate_private_key(65537, bits)


def pem_of(key: RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def signer() -> Signer:
    return Signer(DOMAIN, SELECTOR, read_signing_key(pem_of(new_key()), "the test"))


def dns_record() -> str:
    public = new_key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"


def dkimpy_accepts(data: bytes) -> bool:
    def look_up(name: bytes, timeout: int = 5) -> bytes | None:
        return dns_record().encode() if name.rstrip(b".") == NAME.encode() else None

    return bool(dkim.verify(data, dnsfunc=look_up))


def opendkim_accepts(data: bytes, folder: Path) -> bool:
    """Return what Debian's OpenDKIM says, which reads the public key from a file here."""
    (folder / "keys").write_text(f"{NAME} {dns_record()}\n")
    (folder / "opendkim.conf").write_text(f"Mode v\nTestPublicKeys {folder / 'keys'}\n")
    (folder / "message.eml").write_bytes(data)
    command = ["opendkim", "-x", str(folder / "opendkim.conf"), "-t", str(folder / "message.eml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 0, done.stderr
    return "succeeded" in done.stdout
