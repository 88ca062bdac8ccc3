"""Reading content types: what they say about a payload, and in which order it was made."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from pyclient.codec import compressors, serializers
from pyclient.codec.errors import UnknownContentType

JSON = "application/json"
BYTES = "application/octet-stream"
COMPRESSION, ENCRYPTION = "compression", "encryption"
#: ASCII is a part of UTF-8. JSON is UTF-8 by its standard, and text/plain is stored as UTF-8.
_CHARSETS = {"utf-8", "utf8", "us-ascii"}


class ContentType(NamedTuple):
    """A content type that can be read.

    Attributes:
        media_type: in small letters.
        steps: what was done to the serialized value, in that order: ``("compression", "zstd")``
            or ``("encryption", KEYID)``.
    """

    media_type: str
    steps: tuple[tuple[str, str], ...]


@lru_cache(maxsize=256)
def parse(text: str) -> ContentType:
    """Read a content type in any spelling that MIME allows.

    Parameters that say nothing about how to read the payload are ignored, as MIME asks.

    Raises:
        UnknownContentType: it is no content type, or not one that the codec reads.
    """
    from email.headerregistry import HeaderRegistry  # costs as much as all else of the codec

    header: Any = HeaderRegistry()("content-type", text)  # of a class made on the spot
    if header.defects:
        raise UnknownContentType(f"{text!r:.100} is no content type: {header.defects[0]}")
    if header.content_type not in serializers.READERS:
        raise UnknownContentType(f"payloads of type {text!r:.100} cannot be read")
    if header.params.get("charset", "utf-8").lower() not in _CHARSETS:
        raise UnknownContentType(f"payloads of type {text!r:.100} cannot be read: only UTF-8 can")
    steps = tuple(_step(name, value) for name, value in header.params.items() if name in _STEPS)
    return ContentType(header.content_type, steps)


def _step(name: str, value: str) -> tuple[str, str]:
    if name == COMPRESSION and value not in compressors.NAMES:
        raise UnknownContentType(f"the compression {value!r:.40} is not known")
    return name, value


_STEPS = (COMPRESSION, ENCRYPTION)
