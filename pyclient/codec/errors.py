"""What can go wrong while a payload or a result is read."""

from __future__ import annotations

from pyclient.errors import InvalidArgument, SetupError


class DecodeError(InvalidArgument):
    """The payload or result is not what its content type says. The text never quotes it."""


class UnknownContentType(DecodeError):
    """A content type, or a parameter of one, that the codec does not read."""


class DecompressedTooLarge(DecodeError):
    """What was compressed is larger than the codec's limit."""


class EncryptionMissing(SetupError):
    """What is to be read is encrypted, and the codec has no ``encryption``."""
