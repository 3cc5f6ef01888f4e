"""PEM -> the private key of a DKIM signature: RSA, by `cryptography`, which is imported only here."""

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from mailer.errors import ConfigError

SHORTEST = 1024
"""Bits of an RSA key that receivers look at (RFC 8301 §3.2)."""

GOOD = 2048
"""Bits that a signer should use."""

_NEW_KEY = f"make one with: openssl genrsa -out dkim.pem {GOOD}"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """
    An RSA key.

    `sign` returns the RSASSA-PKCS1-v1_5 signature over the SHA-256 of bytes. `place` says where the key was
    read, for people.
    """

    bits: int
    place: str
    sign: Callable[[bytes], bytes] = field(repr=False)

    @property
    def warning(self) -> str:
        """Return what its owner should know about the key, or an empty string."""
        if self.bits >= GOOD:
            return ""
        return f"the DKIM key in {self.place} has {self.bits} bits: {GOOD} are good practice; {_NEW_KEY}"


def read_signing_key(pem: str, place: str) -> SigningKey:
    """Return the key that a PEM text holds; ConfigError names its place and repeats nothing of it."""
    try:
        primitives = import_module("cryptography.hazmat.primitives.hashes")
        asymmetric = import_module("cryptography.hazmat.primitives.asymmetric.padding")
    except ImportError:
        raise ConfigError(
            "signing with DKIM needs an extra package", hint="pip install 'newsletter-mailer[dkim]'"
        ) from None
    key = _rsa_key(pem, place)
    padding, algorithm = asymmetric.PKCS1v15(), primitives.SHA256()
    return SigningKey(key.key_size, place, lambda data: key.sign(data, padding, algorithm))


def _rsa_key(pem: str, place: str) -> Any:
    key = _loaded(pem, place)
    if not isinstance(key, import_module("cryptography.hazmat.primitives.asymmetric.rsa").RSAPrivateKey):
        raise ConfigError(f"the DKIM key in {place} is not an RSA key", hint=_NEW_KEY)
    if key.key_size < SHORTEST:
        raise ConfigError(
            f"the DKIM key in {place} has {key.key_size} bits, fewer than the {SHORTEST} receivers ask for",
            hint=_NEW_KEY,
        )
    return key


def _loaded(pem: str, place: str) -> Any:
    load = import_module("cryptography.hazmat.primitives.serialization").load_pem_private_key
    try:
        return load(pem.encode(), password=None)
    except TypeError:
        raise ConfigError(
            f"the DKIM key in {place} is locked with a password",
            hint="write it without: openssl rsa -in locked.pem -out dkim.pem",
        ) from None
    except (ValueError, import_module("cryptography.exceptions").UnsupportedAlgorithm):
        half = "it is the public half" if "PUBLIC KEY" in pem else "-----BEGIN PRIVATE KEY-----"
        raise ConfigError(f"{place} holds no private key in PEM form ({half})", hint=_NEW_KEY) from None
