"""Files that go to the destination beside a row."""
from ._link import native as _native

_PART_BYTES = 2 * 1024 * 1024
_PATH_COLUMN = "_fivetran_file_path"


class ByteStream:
    """A file out of an iterator of bytes, such as an HTTP answer's iter_content()."""

    def __init__(self, chunks):
        self._chunks = iter(chunks)
        self._left = b""

    def read(self, size=-1):
        parts, have = [self._left], len(self._left)
        while size < 0 or have < size:
            chunk = next(self._chunks, None)
            if chunk is None:
                break
            parts.append(bytes(chunk))
            have += len(chunk)
        whole = b"".join(parts)
        self._left = b"" if size < 0 else whole[size:]
        return whole if size < 0 else whole[:size]

    def readable(self):
        return True


class FileUpload:
    """Bytes from `stream`, which has read(), to be stored as `path`."""

    def __init__(self, path, stream, expected_bytes=None):
        _check_path(path)
        if not callable(getattr(stream, "read", None)):
            raise TypeError(f"file {path}: stream must be open for reading bytes, not {type(stream).__name__}")
        if expected_bytes is not None and (isinstance(expected_bytes, bool) or not isinstance(expected_bytes, int)
                                           or expected_bytes < 0):
            raise ValueError(f"file {path}: expected_bytes must be a number of bytes, not {expected_bytes!r}")
        self.path = path
        self.stream = stream
        self.expected_bytes = expected_bytes


def _check_path(path):
    if not isinstance(path, str):
        raise TypeError(f"path of a file must be a text, not {type(path).__name__}")
    if not path.strip() or "\0" in path or path.endswith("/") or "//" in path:
        raise ValueError(f"path of a file must name a file below a folder, without an empty part: {path!r}")
    if any(part in (".", "..") for part in path.split("/")):
        raise ValueError(f"path of a file must not lead out of its folder: {path!r}")


def send_file(table, data, file):
    """Sends the file; returns the row with the column that names it."""
    if not isinstance(file, FileUpload):
        raise TypeError(f"table {table}: file must be a FileUpload, not {type(file).__name__}")
    sent = 0
    while True:
        part = file.stream.read(_PART_BYTES)
        if not isinstance(part, (bytes, bytearray, memoryview)):
            raise TypeError(f"file {file.path}: stream must yield bytes, not {type(part).__name__}: open it with 'rb'")
        if not part:
            break
        sent += len(part)
        _native.file_part(file.path, False, part)
    if file.expected_bytes is not None and sent != file.expected_bytes:
        raise ValueError(f"file {file.path}: {sent} bytes came, but {file.expected_bytes} were expected")
    _native.file_part(file.path, True, b"")
    return {**data, _PATH_COLUMN: file.path}
