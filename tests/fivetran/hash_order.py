#!/usr/bin/env python3
"""The iteration order of java.util.HashMap for string keys, in which the documented tester orders undeclared columns.

usage: hash_order.py NAME...     prints the names of a row's dict, and the system columns, in that order

Two names of the dict in one bucket are an error: their order depends on that of insertion, which the wire does not keep.
The system columns are inserted last.
Source: the documentation of java.lang.String.hashCode and the public description of java.util.HashMap.
"""
import struct
import sys

SYSTEM_COLUMNS = ("_fivetran_synced", "_fivetran_deleted")


def string_hash(text):
    """String.hashCode: 31-polynomial over UTF-16 units, in 32 bits."""
    units = text.encode("utf-16-le")
    value = 0
    for unit, in struct.iter_unpack("<H", units):
        value = (31 * value + unit) & 0xFFFFFFFF
    return value


def order(names):
    """Returns the names and the system columns in iteration order. Errors: ValueError, see above."""
    every = [*names, *SYSTEM_COLUMNS]
    capacity = 16
    while len(every) > capacity * 3 // 4:
        capacity *= 2
    buckets = {}
    for name in every:
        value = string_hash(name)
        buckets.setdefault((value ^ value >> 16) & (capacity - 1), []).append(name)
    for shared in buckets.values():
        if len([name for name in shared if name not in SYSTEM_COLUMNS]) > 1:
            raise ValueError(f"these share a bucket: {', '.join(shared)}")
    return [name for bucket in sorted(buckets) for name in buckets[bucket]]


if __name__ == "__main__":
    print(" ".join(order(sys.argv[1:])))
