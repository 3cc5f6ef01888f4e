"""Keys to sign with: each fault is told with its place, and nothing of the key."""

import sys
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPrivateNumbers,
    RSAPublicNumbers,
)
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from tests.message.dkim_keys import new_key, pem_of

from mailer.errors import ConfigError
from mailer.message.signing_key import read_signing_key

FORMAT = (Encoding.PEM, PrivateFormat.PKCS8)


def public_half() -> str:
    public = new_key().public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def locked() -> str:
    return new_key().private_bytes(*FORMAT, BestAvailableEncryption(b"x")).decode()


def elliptic() -> str:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(*FORMAT, NoEncryption()).decode()


def edwards() -> str:
    return ed25519.Ed25519PrivateKey.generate().private_bytes(*FORMAT, NoEncryption()).decode()


def damaged() -> str:
    return pem_of(new_key()).replace("M", "N")


FAULTS: list[tuple[Callable[[], str], str]] = [
    (lambda: "", "no private key in PEM form"),
    (lambda: "not a key", "no private key in PEM form"),
    (damaged, "no private key in PEM form"),
    (public_half, "public half"),
    (locked, "locked with a password"),
    (elliptic, "not an RSA key"),
    (edwards, "not an RSA key"),
]


@pytest.mark.parametrize(("make", "fault"), FAULTS)
def test_what_is_no_key_to_sign_with_is_refused_with_its_place(make: Callable[[], str], fault: str) -> None:
    pem = make()

    with pytest.raises(ConfigError, match=fault) as caught:
        read_signing_key(pem, "keys/dkim.pem")
    assert "keys/dkim.pem" in caught.value.message
    assert caught.value.hint
    body = pem.partition("\n")[2][:20]
    assert not body or body not in f"{caught.value.message} {caught.value.hint}"


def test_a_key_of_2048_bits_is_good() -> None:
    key = read_signing_key(pem_of(new_key()), "dkim.pem")

    assert (key.bits, key.warning) == (2048, "")
    assert "sign" not in repr(key)


def test_a_key_in_the_older_form_is_read() -> None:
    pem = new_key().private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()

    assert read_signing_key(pem, "dkim.pem").bits == 2048


def test_a_key_of_1024_bits_signs_with_a_warning() -> None:
    assert "has 1024 bits" in read_signing_key(pem_of(new_key(1024)), "dkim.pem").warning


def short_key() -> RSAPrivateKey:
    """Return a key of 768 bits, which `cryptography` itself does not make any more."""
    p = 0xE54A98D79C88F9A774EABA03427DD18A2CE5769AFB4E1DAF391741841F9B23A3B713CB0C82AE9ED7E31BD06795733085
    q = 0xE0955CD5AECE0B012C8F183EB5ADDCFA74237BEBEBEC4D6B21C5C48C7282A9A37E14BD0FAF0263A541998A1F8FD01FD3
    e = 65537
    d = pow(e, -1, (p - 1) * (q - 1))
    public = RSAPublicNumbers(e, p * q)
    return RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), public).private_key()


def test_a_key_that_receivers_do_not_look_at_is_refused() -> None:
    with pytest.raises(ConfigError, match="768 bits, fewer than the 1024") as caught:
        read_signing_key(pem_of(short_key()), "dkim.pem")
    assert "openssl genrsa" in caught.value.hint


def test_without_the_extra_package_the_message_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.hashes", None)

    with pytest.raises(ConfigError) as caught:
        read_signing_key(pem_of(new_key()), "dkim.pem")
    assert "newsletter-mailer[dkim]" in caught.value.hint
