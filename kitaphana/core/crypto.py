"""Encryption of personal data at rest, and the blind index by which it can still be found."""

from __future__ import annotations

import hashlib
import hmac
import os
from functools import cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings


@cache
def _key(purpose: str) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), f"kitaphana.{purpose}".encode(), hashlib.sha256)


def encrypt(text: str) -> bytes:
    """The text encrypted and authenticated with AES-256-GCM: 12 bytes of nonce, then the cipher text."""
    nonce = os.urandom(12)
    return nonce + AESGCM(_key("encryption")).encrypt(nonce, text.encode(), None)


def decrypt(data: bytes | memoryview) -> str:
    """The text back.

    :raises cryptography.exceptions.InvalidTag: the data was changed or the secret is another one.
    """
    plain = bytes(data)
    return AESGCM(_key("encryption")).decrypt(plain[:12], plain[12:], None).decode()


def blind_index(text: str) -> str:
    """A keyed digest, 64 hex digits: equal texts have equal ones, nobody without the secret can go back."""
    return hmac.new(_key("blind index"), text.encode(), hashlib.sha256).hexdigest()
