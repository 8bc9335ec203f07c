"""Writes small Parquet files, whole or faulty, byte by byte: the format's own words, no library.

One row group, one plain uncompressed page a column, no nulls. Thrift's compact protocol.
"""

import struct

TEXT, DOUBLE = 6, 5  # physical types: BYTE_ARRAY and DOUBLE
UTF8 = 0  # converted type
I32, I64, BINARY, LIST, STRUCT = 5, 6, 8, 9, 12


def varint(number):
    out = b""
    while number > 0x7F:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def value(kind, content):
    if kind in (I32, I64):
        return varint(content << 1 if content >= 0 else (-content << 1) - 1)
    if kind == BINARY:
        return varint(len(content)) + content
    if kind == STRUCT:
        return struct_of(content)
    element, items = content
    size = (
        bytes([len(items) << 4 | element])
        if len(items) < 15
        else (bytes([0xF0 | element]) + varint(len(items)))
    )
    return size + b"".join(value(element, item) for item in items)


def struct_of(fields):
    """`fields`: (id, type, value), in the order of the ids."""
    out = b""
    last = 0
    for number, kind, content in fields:
        out += bytes([(number - last) << 4 | kind]) + value(kind, content)
        last = number
    return out + b"\0"


def column_schema(name, physical):
    fields = [(1, I32, physical), (3, I32, 0), (4, BINARY, name.encode())]
    return fields + ([(6, I32, UTF8)] if physical == TEXT else [])


def plain(cells, physical):
    if physical == DOUBLE:
        return b"".join(struct.pack("<d", cell) for cell in cells)
    return b"".join(struct.pack("<I", len(cell)) + cell for cell in cells)


class PackedRun:
    """One text of `size` equal letters, packed with zstd: a small file for a large value."""

    BLOCK = 128 << 10

    def __init__(self, size):
        self.length = 4 + size
        frame = struct.pack("<IBI", 0xFD2FB528, 0xA0, self.length)
        frame += self.block(4, False, 0) + struct.pack("<I", size)
        for begin in range(0, size, self.BLOCK):
            run = min(self.BLOCK, size - begin)
            frame += self.block(run, begin + run == size, 1) + b"x"
        self.bytes = frame

    @staticmethod
    def block(size, last, kind):
        return struct.pack("<I", size << 3 | kind << 1 | last)[:3]


def parquet(columns, rows):
    """A file's bytes. `columns`: (name, physical type, cells: bytes or numbers, or a PackedRun)."""
    out = b"PAR1"
    chunks = []
    for name, physical, cells in columns:
        packed = isinstance(cells, PackedRun)
        page = cells.bytes if packed else plain(cells, physical)
        length = cells.length if packed else len(page)
        header = struct_of(
            [
                (1, I32, 0),
                (2, I32, length),
                (3, I32, len(page)),
                (5, STRUCT, [(1, I32, rows), (2, I32, 0), (3, I32, 3), (4, I32, 3)]),
            ]
        )
        size = len(header) + len(page)
        meta = [
            (1, I32, physical),
            (2, LIST, (I32, [0])),
            (3, LIST, (BINARY, [name.encode()])),
            (4, I32, 6 if packed else 0),
            (5, I64, rows),
            (6, I64, len(header) + length),
            (7, I64, size),
            (9, I64, len(out)),
        ]
        chunks.append([(2, I64, len(out)), (3, STRUCT, meta)])
        out += header + page
    schema = [[(4, BINARY, b"schema"), (5, I32, len(columns))]]
    schema += [column_schema(name, physical) for name, physical, _ in columns]
    footer = struct_of(
        [
            (1, I32, 1),
            (2, LIST, (STRUCT, schema)),
            (3, I64, rows),
            (
                4,
                LIST,
                (STRUCT, [[(1, LIST, (STRUCT, chunks)), (2, I64, len(out)), (3, I64, rows)]]),
            ),
        ]
    )
    return out + footer + struct.pack("<I", len(footer)) + b"PAR1"


def text_columns(rows, columns):
    """The columns of rows as focus_rows.row makes them."""
    return [(name, TEXT, [row.get(name, "").encode() for row in rows]) for name in columns]
