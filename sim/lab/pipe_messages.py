"""Messages between this process and a worker: pickled objects with their length in front, over a pair of pipes."""

from __future__ import annotations

import pickle
import struct
from typing import IO, Any

_LENGTH = struct.Struct("<Q")


def send(stream: IO[bytes], message: object) -> None:
    """Write one message, whole.

    Raises:
        PicklingError: If it cannot be pickled, for whatever reason; nothing of it is written.
    """
    try:
        content = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    except Exception as error:  # versions of Python differ in what they raise
        raise pickle.PicklingError(f"cannot be pickled: {error}") from error
    stream.write(_LENGTH.pack(len(content)))
    stream.write(content)
    stream.flush()


def receive_bytes(stream: IO[bytes]) -> bytes:
    """Read one message and leave it pickled.

    Raises:
        EOFError: If the other side is gone, at once or in the middle of a message.
    """
    return _read(stream, _LENGTH.unpack(_read(stream, _LENGTH.size))[0])


def receive(stream: IO[bytes]) -> Any:
    """Read one message.

    Raises:
        EOFError: If the other side is gone, at once or in the middle of a message.
    """
    return pickle.loads(receive_bytes(stream))


def _read(stream: IO[bytes], number: int) -> bytes:
    """Read exactly this number of bytes."""
    parts = []
    while number:
        part = stream.read(number)
        if not part:
            raise EOFError("the other side of the pipe is gone")
        parts.append(part)
        number -= len(part)
    return b"".join(parts)
