"""The types of what goes into a task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class RawJson:
    """JSON text that is sent byte for byte as it is, instead of a value to be encoded.

    The server checks that it is JSON. Use it where the spelling matters (``1.10``, digits beyond
    a float's) or where the text is there already.
    """

    text: str

    def __post_init__(self) -> None:
        if not isinstance(self.text, str):
            raise TypeError(f"RawJson takes a str, not {type(self.text).__name__}")


#: JSON null as the value of an option, where None means that the option is not given:
#: ``client.call_set_queue_config("mail", lease_s=pyclient.NULL)`` goes back to the default.
NULL: Any = RawJson("null")

#: What ``json.dumps`` takes.
JsonValue: TypeAlias = (
    dict[str, Any] | list[Any] | tuple[Any, ...] | str | int | float | bool | None
)

#: The arguments of a task: a JSON value, JSON text, or bytes of any content.
Payload: TypeAlias = JsonValue | RawJson | bytes | bytearray | memoryview
