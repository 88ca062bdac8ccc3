"""From the arguments and the result of a task to what is stored, and back by content type alone.

>>> codec = Codec(compression="zstd", threshold=4096)
>>> encoded = codec.encode({"to": "a@b.c"})
>>> codec.decode(encoded.payload, encoded.content_type or "application/json")
{'to': 'a@b.c'}
"""

from pyclient._extra import ExtraMissing
from pyclient.codec.codec import Codec, Encoded, Encryption
from pyclient.codec.errors import (
    DecodeError,
    DecompressedTooLarge,
    EncryptionMissing,
    UnknownContentType,
)

__all__ = [
    "Codec",
    "Encoded",
    "Encryption",
    "DecodeError",
    "UnknownContentType",
    "DecompressedTooLarge",
    "EncryptionMissing",
    "ExtraMissing",
]
