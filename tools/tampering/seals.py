"""What somebody who knows Schemas/STORE.md can write himself: fingerprints, the seals of chunks and
manifests, packed records, and the parts of statuses, definitions and the log's state."""

import dataclasses
import struct

MASK = (1 << 64) - 1
SECRETS = 0x2D358DCCAA6C78A5, 0x8BB84B93962EACC9
PAIR = 0x4B33A62ED433D4A3


def fold(left, right):
    product = (left & MASK) * (right & MASK)
    return product >> 64 ^ product & MASK


def fingerprint(text):
    state = SECRETS[0] ^ len(text)
    for at in range(0, len(text), 16):
        low = int.from_bytes(text[at:at + 8], "little")
        high = int.from_bytes(text[at + 8:at + 16], "little")
        state = fold(low ^ SECRETS[1], high ^ state)
    return fold(state ^ SECRETS[0], len(text) ^ SECRETS[1])


def pair(first, second):
    return fold(first ^ PAIR, second ^ SECRETS[1])


# Chunks

def chunk_seal(key, packed, mark):
    """The seal of a packed chunk: of its bytes, of where it stands, and of its run's mark."""
    store, run, fence, number = struct.unpack(">IIQI", key)
    address = pair(pair(pair(store << 32 | run, mark), fence), number)
    return struct.pack("<Q", pair(address, fingerprint(packed)))


def unpacked(value, words, records):
    """The records of a packed chunk: lists of words."""
    at, columns = words * 8, []
    for word in range(words):
        base, width = struct.unpack_from("<II", value, word * 8)
        size = (records * width + 7) // 8
        bits = int.from_bytes(value[at:at + size], "little")
        codes = [bits >> place * width & (1 << width) - 1 for place in range(records)]
        columns.append([
            base if width == 0 else 0 if code == 0 else base + code & 0xFFFFFFFF for code in codes])
        at += size
    return [list(record) for record in zip(*columns)]


def packed(key, records, mark):
    """The chunk of some records of a run, as Rekam itself would write it."""
    heads, bodies = b"", b""
    for column in zip(*records):
        base, width = column[0], 0
        if any(number != base for number in column):
            base = min(number - 1 & 0xFFFFFFFF for number in column)
            width = (max(column) - base & 0xFFFFFFFF).bit_length()
            bits = sum(
                (number and (number - base & 0xFFFFFFFF)) << place * width
                for place, number in enumerate(column))
            bodies += bits.to_bytes((len(column) * width + 7) // 8, "little")
        heads += struct.pack("<II", base, width)
    used = len(heads) + len(bodies)
    end = (used + 16 + 16 + 4095) // 4096 * 4096 - 16
    whole = (heads + bodies).ljust(end - 8, b"\0")
    return whole + chunk_seal(key, whole, mark)


# Streams

def block_content(value):
    """The stream's bytes that a block holds."""
    used, = struct.unpack("<Q", value[-16:-8])
    return value[:used]


# Streams whose blocks the log's state has marks of, in their order.
TEXT_STREAMS = ["names", "name_ends", "cases", "case_ends"]


def sealed_block(table, key, value):
    lane, block = struct.unpack(">II", key)
    address = pair(lane << 32 | block, fingerprint(table.encode()))
    return value[:-8] + struct.pack("<Q", pair(address, fingerprint(value[:-8])))


# Manifests

def sealed_manifest(value):
    rest = value[:28] + value[32:]
    return value[:28] + struct.pack("<I", fingerprint(rest) & 0xFFFFFFFF) + value[32:]


def runs_of(manifest):
    """(store number, [(run, mark, first record, end record)])."""
    store, count = struct.unpack_from("<I", manifest, 12)[0], struct.unpack_from("<I", manifest, 24)[0]
    runs = []
    for place in range(count):
        run, _, _, mark, start, end = struct.unpack_from("<IIIIQQ", manifest, 32 + 40 * place)
        runs.append((run, mark, start, end))
    return store, runs


# Records of numbers and texts

class Reader:
    def __init__(self, value, number, at=0):
        self.value, self.format, self.at = value, number, at

    def number(self):
        found, = struct.unpack_from(self.format, self.value, self.at)
        self.at += struct.calcsize(self.format)
        return found

    def text(self):
        length = self.number()
        self.at += length
        return self.value[self.at - length:self.at]


@dataclasses.dataclass
class Field:
    """A field of a stored value: what it is called and where it stands, its length before it or not."""
    name: str
    start: int
    end: int
    is_text: bool = False

    @property
    def kind(self):
        """Its name without a number."""
        return self.name.rstrip("0123456789 ")


def fields_of_status(value):
    """The labels of a projection's rows, in a status."""
    reader, fields = Reader(value, "<Q"), []

    def take(name, is_text=False):
        start = reader.at
        reader.text() if is_text else reader.number()
        fields.append(Field(name, start, reader.at, is_text))

    for name, is_text in [("format", False), ("name", True), ("version", False), ("digest", True),
                          ("state", False), ("position", False), ("runs", True), ("rows", False),
                          ("stock", False), ("dimensions", False)]:
        take(name, is_text)
    return fields


def sealed_status(key, value, manifest=None):
    """A status with the seal of what it says and, where one is given, of its rows' manifest."""
    if manifest is not None:
        field = next(f for f in fields_of_status(value) if f.name == "rows")
        value = with_field(value, field, struct.pack("<Q", fingerprint(manifest)))
    content = value[:-8]
    return content + struct.pack("<Q", pair(fingerprint(key), fingerprint(content)))


def with_last_entries(state, rows):
    """Rows of `case_last` above some of level 0, and the state with their mark."""
    leaves = [fingerprint(rows[place]) for place in sorted(rows)]
    return with_marks(state, "case_last", 0, leaves, "mark of last entries")


def with_marks(state, table, lane, leaves, field):
    """The rows of fingerprints above all leaves of a tree, and the state with the highest one's."""
    writes, beneath = [], leaves
    for level in range(1, 4):
        rows = [
            b"".join(struct.pack("<Q", mark) for mark in beneath[place:place + 510])
            for place in range(0, len(beneath), 510)]
        writes += [(table, struct.pack(">II", lane + level, row), value)
                   for row, value in enumerate(rows)]
        beneath = [fingerprint(value) for value in rows]
    place = next(f for f in fields_of_state(state) if f.name == field)
    marked = with_field(state, place, struct.pack("<Q", beneath[0]))
    return writes + [("registry", b"state", sealed_state(marked))]


def sealed_state(value):
    return value[:-8] + struct.pack("<Q", fingerprint(value[:-8]))


def fields_of_definition(value):
    fields = [Field("action", 0, 1), Field("version", 1, 9)]
    reader = Reader(value, "<I", 9)
    for name in ["kind", "name", "digest", "meaning", "body"]:
        start = reader.at
        reader.text()
        fields.append(Field(name, start, reader.at, True))
    return fields


def fields_of_state(value):
    """The log's state: numbers first, then root, frontier and the rest."""
    fields, at = [], 0
    for name, size in [
            ("entries", 4), ("cases", 4), ("next name", 4), ("voided", 4), ("last recorded", 8),
            ("earliest", 8), ("latest", 8), ("bytes of bundles", 8), ("bytes of names", 8),
            ("bytes of cases", 8), ("bytes of entries", 8), ("root", 32)]:
        fields.append(Field(name, at, at + size))
        at += size
    peaks, = struct.unpack_from("<I", value, at)
    fields.append(Field("levels", at, at + 4))
    at += 4
    for level in range(peaks):
        fields.append(Field(f"peak {level}", at, at + 32))
        at += 32
    fields.append(Field("registered types", at, at + 4))
    fields.append(Field("types", at + 4, at + 8))
    types, = struct.unpack_from("<I", value, at + 4)
    at += 8
    for place in range(types):
        fields.append(Field(f"entries of type {place}", at, at + 4))
        at += 4
    for name in ["last entries", *TEXT_STREAMS, "identities", "name keys", "case keys"]:
        fields.append(Field(f"mark of {name}", at, at + 8))
        at += 8
    for name, size in [("rows of the vault", 4), ("last of the vault", 4), ("mark of the vault", 8)]:
        fields.append(Field(name, at, at + size))
        at += size
    fields.append(Field("seal", len(value) - 8, len(value)))
    return fields


def with_field(value, field, content):
    """The value with other bytes in a field; a text gets its length as the field had it."""
    if field.is_text:
        size = field.end - field.start - len(text_of(value, field))
        content = len(content).to_bytes(size, "little") + content
    return value[:field.start] + content + value[field.end:]


def text_of(value, field):
    # A length of 8 bytes in a status, of 4 in a definition: the one that fits.
    for size in (8, 4):
        length = int.from_bytes(value[field.start:field.start + size], "little")
        if length == field.end - field.start - size:
            return value[field.start + size:field.end]
    return value[field.start:field.end]
