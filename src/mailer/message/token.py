"""
Keyed names: who a recipient is, which message is theirs, and who asked to be left alone.

Everything here is HMAC-SHA256 under one secret, apart by purpose, so that no value of one kind can stand for
another, and holds no address.
"""

import base64
import binascii
import hmac
import re
from dataclasses import dataclass
from functools import lru_cache

from mailer.errors import ConfigError, TokenError

SHORTEST_SECRET = 32
"""Bytes."""

KEY_BYTES = MAC_BYTES = 16

_VERSION = 1
_LIVE, _TEST = 0, 1
_LONGEST_TOKEN = 1024
_TOKEN = re.compile(r"[A-Za-z0-9_-]+")
_KEY = re.compile(r"[a-z2-7]{25}[aeimquy4]")
"""128 bits in base32: the last letter ends in two bits that are 0."""
_BASE32_DIGITS = bytes.maketrans(b"abcdefghijklmnopqrstuvwxyz234567", b"0123456789abcdefghijklmnopqrstuv")
"""From the digits of base32 to those of `int(…, 32)`, which is ten times as fast as the library."""


@dataclass(frozen=True, slots=True)
class UnsubscribeToken:
    """
    What an unsubscribe link says: recipient key and list, empty for all lists.

    `test` marks the copy of a staff member: it unsubscribes nobody.
    """

    list_name: str
    key: str
    test: bool = False


def check_secret(secret: bytes) -> bytes:
    """Return a secret that is good enough to sign with; raises ConfigError without repeating it."""
    if len(secret) < SHORTEST_SECRET:
        raise ConfigError(
            f"the key has {len(secret)} bytes, fewer than {SHORTEST_SECRET}",
            hint="remove MAILER_KEY and mailer makes a good one, kept in .mailer/key",
        )
    if b"changeme" in secret.lower():
        raise ConfigError("the key is a placeholder", hint="put at least 32 random bytes into MAILER_KEY")
    return secret


def recipient_key(secret: bytes, canonical: str) -> str:
    """Return the key of a canonical address: 26 letters and digits, lower case (128 bits)."""
    return _base32(_mac(secret, "recipient", canonical)[:KEY_BYTES])


def message_id(secret: bytes, *, issue: str, key: str, domain: str, copy: str = "") -> str:
    """
    Return the Message-ID in angle brackets, the same on every attempt (RFC 5322 §3.6.4).

    `copy` tells copies apart that are not the delivery itself, such as those that staff get.
    """
    return f"<{_mac(secret, 'message', issue, key, copy)[:20].hex()}@{domain}>"


def unsubscribe_token(secret: bytes, *, list_name: str, key: str, test: bool = False) -> str:
    """Return the token of an unsubscribe link: letters, digits, `-` and `_`."""
    payload = bytes([_VERSION, _TEST if test else _LIVE]) + _key_bytes(key) + list_name.encode()
    return _base64url(payload + _token_mac(secret, payload))


def read_unsubscribe_token(secret: bytes, token: str) -> UnsubscribeToken:
    """Return what a token says; raises TokenError, the same for every fault, unless it was signed here."""
    signed = _decode(token)
    payload, mac = signed[:-MAC_BYTES], signed[-MAC_BYTES:]
    if not hmac.compare_digest(mac, _token_mac(secret, payload)) or payload[:1] != bytes([_VERSION]):
        raise _not_ours()
    key, list_name = payload[2 : 2 + KEY_BYTES], payload[2 + KEY_BYTES :]
    return UnsubscribeToken(list_name.decode(), _base32(key), test=payload[1] != _LIVE)


def _token_mac(secret: bytes, payload: bytes) -> bytes:
    return _mac(secret, "unsubscribe", payload.hex())[:MAC_BYTES]


def _decode(token: str) -> bytes:
    """Return the bytes of a token in its one spelling: base64 has four for most last letters."""
    if len(token) > _LONGEST_TOKEN or not _TOKEN.fullmatch(token):
        raise _not_ours()
    try:
        signed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except binascii.Error:
        raise _not_ours() from None
    if len(signed) < 2 + KEY_BYTES + MAC_BYTES or _base64url(signed) != token:
        raise _not_ours()
    return signed


def _not_ours() -> TokenError:
    return TokenError("this is no unsubscribe token of this newsletter")


def _mac(secret: bytes, purpose: str, *parts: str) -> bytes:
    """Return the MAC over a purpose and parts, each preceded by its length so that none runs into another."""
    mac = _keyed(secret, purpose).copy()
    mac.update(_framed(*parts))
    return mac.digest()


@lru_cache(maxsize=8)
def _keyed(secret: bytes, purpose: str) -> hmac.HMAC:
    """Return the MAC of a purpose alone: to copy it is quicker than to begin anew for each message."""
    return hmac.new(check_secret(secret), _framed(purpose), "sha256")


def _framed(*parts: str) -> bytes:
    framed = "".join([f"{len(part)}:{part}" for part in parts])
    if framed.isascii():  # a letter is a byte
        return framed.encode()
    return b"".join([b"%d:%s" % (len(part), part) for part in [text.encode() for text in parts]])


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode().rstrip("=").lower()


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _key_bytes(key: str) -> bytes:
    if not _KEY.fullmatch(key):
        raise TokenError(f"not a recipient key: {key!r}")
    return (int(key.encode().translate(_BASE32_DIGITS), 32) >> 2).to_bytes(KEY_BYTES, "big")
