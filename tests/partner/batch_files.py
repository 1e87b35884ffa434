"""Batch files as a destination reads them: decrypted, decompressed, and parsed as CSV."""
import csv
import gzip
import io
import subprocess

from dataclasses import dataclass

VECTOR_BYTES = 16

# What stands for a value that an update leaves as it is.
UNMODIFIED = object()


@dataclass(frozen=True)
class Params:
    compression: str  # OFF, ZSTD, GZIP
    encryption: str   # NONE, AES
    null_string: str
    unmodified_string: str


def _run(command, data):
    return subprocess.run(command, input=data, check=True, capture_output=True).stdout


def plain_bytes(path, key, params):
    """The content of a file; `key` decrypts it."""
    with open(path, "rb") as file:
        data = file.read()
    if params.encryption == "AES":
        vector, data = data[:VECTOR_BYTES], data[VECTOR_BYTES:]
        data = _run(["openssl", "enc", "-d", "-aes-256-cbc", "-K", key.hex(), "-iv", vector.hex()], data)
    if params.compression == "ZSTD":
        data = _run(["zstd", "-dc"], data)
    if params.compression == "GZIP":
        data = gzip.decompress(data)
    return data


def rows(path, key, params):
    """The rows of a file, a dict each, with None for NULL."""
    text = plain_bytes(path, key, params).decode()

    def value(field):
        return None if field == params.null_string else UNMODIFIED if field == params.unmodified_string else field

    lines = csv.reader(io.StringIO(text, newline=""), doublequote=True, escapechar=None, strict=True)
    header = next(lines)
    return [dict(zip(header, map(value, line), strict=True)) for line in lines]
