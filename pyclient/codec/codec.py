"""The codec of an app: how its values are written, and what it can read."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any, Literal, NamedTuple, Protocol

from pyclient.codec import compressors, serializers
from pyclient.codec.content_type import BYTES, COMPRESSION, ENCRYPTION, JSON, parse
from pyclient.codec.errors import DecodeError, EncryptionMissing
from pyclient.codec.serializers import read_bytes, read_json, to_bytes, write_json, write_msgpack
from pyclient.errors import InvalidArgument
from pyclient.types import RawJson

_MSGPACK = "application/msgpack"
_KEY_ID = re.compile(r"[A-Za-z0-9_.-]{1,40}").fullmatch  # a content type has 100 characters
_RESULT_LIMIT = 16 * 1024 * 1024
#: The keys of a result that is not plain JSON.
_WRAPPED = {"content_type", "base64"}


class Encryption(Protocol):
    """Encrypts payloads and results. May be used by several threads at once.

    Attributes:
        key_id: names the key that encrypt() uses, 1..40 characters of [A-Za-z0-9_.-]. It is stored
            with what was encrypted and is no secret. To change keys while threads encode, give
            the codec another Encryption.
    """

    @property
    def key_id(self) -> str: ...

    def encrypt(self, data: bytes, /) -> bytes:
        """Encrypt with the key that key_id names."""

    def decrypt(self, data: bytes, key_id: str, /) -> bytes:
        """Decrypt with the key of that name; any exception means that it cannot be done."""


class Encoded(NamedTuple):
    """What is sent.

    Attributes:
        payload: JSON text, to be sent as ``RawJson(payload)``; or bytes.
        content_type: of the payload; None = JSON text.
    """

    payload: str | bytes
    content_type: str | None


class Codec:
    """Writes values as it is set up to, and reads whatever a content type says.

    What it reads does not depend on how it writes, so the setting may change while tasks wait.
    """

    def __init__(
        self,
        serializer: Literal["json", "msgpack"] = "json",
        compression: Literal["zlib", "zstd"] | None = None,
        threshold: int = 1024,
        encryption: Encryption | None = None,
        *,
        decompressed_limit: int = 64 * 1024 * 1024,
    ) -> None:
        """Choose how values are written.

        Args:
            serializer: ``json``, which every other client reads; or ``msgpack``, which also
                carries bytes and aware datetimes.
            compression: None = none.
            threshold: payloads of fewer bytes are not compressed.
            encryption: of what is written, after compression, and of what is read; None = none.
            decompressed_limit: bytes that a compressed payload may hold when it is read.

        Raises:
            InvalidArgument: a name that is not known, or a negative number.
            ExtraMissing: the library for it is not installed.
        """
        if serializer not in serializers.NAMES:
            raise InvalidArgument(f"a serializer is json or msgpack, not {serializer!r:.40}")
        if compression is not None and compression not in compressors.NAMES:
            raise InvalidArgument(f"a compression is zlib or zstd, not {compression!r:.40}")
        if threshold < 0 or decompressed_limit < 0:
            raise InvalidArgument("threshold and decompressed_limit are bytes, 0 or more")
        if serializer == "msgpack":
            write_msgpack(None, "payload")
        if compression is not None:
            compressors.check(compression)
        self.serializer, self.compression, self.threshold = serializer, compression, threshold
        self.encryption, self.decompressed_limit = encryption, decompressed_limit

    def encode(self, value: Any) -> Encoded:
        """The payload for a value. bytes are not serialized, a RawJson is sent as it is.

        Raises:
            InvalidArgument: the serializer cannot write the value; the text says which part of it.
                Nothing is converted silently.
        """
        return self._encode(value, "payload")

    def decode(self, payload: str | bytes, content_type: str) -> Any:
        """The value of a payload, by its content type alone.

        Raises:
            UnknownContentType: it is not one that can be read.
            DecodeError: the payload is not what it says.
            DecompressedTooLarge: it holds more than decompressed_limit.
            EncryptionMissing: it is encrypted, and this codec has no encryption.
            ExtraMissing: the library for it is not installed.
        """
        if content_type == JSON:
            return read_json(payload)
        kind = parse(content_type)
        for step, argument in reversed(kind.steps):
            data = read_bytes(payload)
            if step == COMPRESSION:
                payload = compressors.decompress(argument, data, self.decompressed_limit)
            else:
                payload = self._decrypted(data, argument)
        return serializers.READERS[kind.media_type](payload)

    def encode_result(self, value: Any) -> str | None:
        """What a task returned as JSON text, which is all that the server keeps; None stays None.

        What is not plain JSON is wrapped: ``{"content_type": …, "base64": …}``.

        Raises:
            InvalidArgument: the serializer cannot write it, or it is larger than 16 MiB.
        """
        if value is None:
            return None
        payload, content_type = self._encode(value, "result")
        is_ambiguous = isinstance(value, dict) and value.keys() == _WRAPPED
        if content_type is None and isinstance(payload, str) and not is_ambiguous:
            text = payload
        else:
            encoded = base64.b64encode(read_bytes(payload)).decode()
            wrapped = {"content_type": content_type or JSON, "base64": encoded}
            text = write_json(wrapped, "result")
        if len(to_bytes(text)) > _RESULT_LIMIT:
            raise InvalidArgument("the result is larger than 16 MiB")
        return text

    def decode_result(self, text: str | None) -> Any:
        """What encode_result() was given; None stays None.

        Raises:
            DecodeError and the others of decode().
        """
        return None if text is None else self.unwrap_result(read_json(text))

    def unwrap_result(self, value: Any) -> Any:
        """As decode_result(), for JSON that is parsed already: as call_get_result() gives it.

        Raises:
            DecodeError and the others of decode().
        """
        if not (isinstance(value, dict) and value.keys() == _WRAPPED):
            return value
        try:
            payload = base64.b64decode(value["base64"], validate=True)
        except (TypeError, ValueError, binascii.Error) as error:
            raise DecodeError("the result is not base64") from error
        return self.decode(payload, str(value["content_type"]))

    def _encode(self, value: Any, what: str) -> Encoded:
        payload, content_type = self._serialized(value, what)
        encryption = self.encryption
        if self.compression is not None or encryption is not None:
            data = read_bytes(payload)
            if isinstance(value, RawJson):
                read_json(data)  # the server cannot look into it
            if self.compression is not None and len(data) >= self.threshold:
                smaller = compressors.compress(self.compression, data)
                if len(smaller) < len(data):
                    payload = data = smaller
                    content_type += f";{COMPRESSION}={self.compression}"
            if encryption is not None:
                content_type += f";{ENCRYPTION}={_checked_key_id(encryption.key_id)}"
                payload = encryption.encrypt(data)
        return Encoded(payload, None if content_type == JSON else content_type)

    def _serialized(self, value: Any, what: str) -> tuple[str | bytes, str]:
        if isinstance(value, bytes | bytearray | memoryview):
            return bytes(value), BYTES
        if self.serializer == "msgpack" and not isinstance(value, RawJson):
            return write_msgpack(value, what), _MSGPACK
        return write_json(value, what), JSON

    def _decrypted(self, data: bytes, key_id: str) -> bytes:
        if self.encryption is None:
            raise EncryptionMissing(
                f"the payload is encrypted with the key {key_id!r:.50}, and this codec has no "
                "encryption"
            )
        try:
            return self.encryption.decrypt(data, key_id)
        except Exception as error:  # each library of cryptography has its own
            raise DecodeError(f"the payload cannot be decrypted with {key_id!r:.50}") from error


def _checked_key_id(key_id: str) -> str:
    if not _KEY_ID(key_id):
        raise InvalidArgument(f"a key_id is 1..40 characters of [A-Za-z0-9_.-], not {key_id!r:.50}")
    return key_id
