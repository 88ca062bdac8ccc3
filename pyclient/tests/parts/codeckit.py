"""A codec with keys, for tests."""

from __future__ import annotations

from cryptography.fernet import Fernet

from pyclient.codec import Codec

JSON, MSGPACK, BYTES = "application/json", "application/msgpack", "application/octet-stream"


class Keys:
    """Encryption with Fernet: the newest key encrypts, every key decrypts."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def __init__(self, *key_ids: str) -> None:
        self.keys = {key_id: Fernet(Fernet.generate_key()) for key_id in key_ids}
        self.key_id = key_ids[-1]

    def encrypt(self, data: bytes) -> bytes:
        return self.keys[self.key_id].encrypt(data)

    def decrypt(self, data: bytes, key_id: str) -> bytes:
        return self.keys[key_id].decrypt(data)


KEYS = Keys("2025", "2026.b_c-d")
READER = Codec(encryption=KEYS)
