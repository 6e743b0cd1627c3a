"""Alterations that fit: rows under the seals that belong to them, and all that rests on a row changed
with it. Only who computes them anew from the entries can tell."""

import hashlib
import random
import re
import struct

import seals
from alterations import Alteration, DATA, VAULT, replaced, show

CELLS = b"cells/"


class Consistent:
    """By whoever has the files and Schemas/STORE.md in hands."""

    def __init__(self, stores):
        self.stores = stores
        self.rows = stores.rows["whole"][DATA]

    def all(self):
        chooser = random.Random("consistent")
        for name in sorted(self.cells(self.rows)):
            yield from self.changed_cells(name, chooser)
            for other in ["twin", "older", "last"]:
                yield from self.cells_of(name, other)
        yield from self.swapped_cells(chooser)
        yield from self.labels()
        for key in sorted(self.rows["tail"])[::8]:
            yield from self.changed_entry(key)
        yield from self.last_entries(chooser)
        yield from self.texts_swapped("names", "name_ends", 2)
        yield from self.texts_swapped("cases", "case_ends", 0)
        for other in ["twin", "last"]:
            yield from self.groups(other)
        for other in ["older", "last"]:
            yield from self.vault(other)

    def one(self, table, kind, what, writes):
        return Alteration(table, kind, what, writes, is_consistent=True)

    # Cells

    def cells(self, rows):
        """By projection: the key of its status, the name of its runs, its manifest and chunks."""
        found = {}
        for key, value in rows["projections"].items():
            if key[0] < 2:
                continue
            fields = {f.name: seals.text_of(value, f) for f in seals.fields_of_status(value)}
            manifest = rows["runs.manifests"].get(fields["runs"])
            chunks = {}
            if manifest:
                store = manifest[12:16][::-1]
                chunks = {k: v for k, v in rows["runs.chunks"].items() if k[:4] == store}
            found[key] = (fields["runs"], manifest, chunks)
        return found

    def changed_cells(self, name, chooser):
        """A fact more, a figure that is greater, a day later, a fact left out."""
        _, manifest, chunks = self.cells(self.rows)[name]
        if not chunks:
            return
        words = struct.unpack_from("<I", manifest, 4)[0]
        store, runs = seals.runs_of(manifest)
        run, mark, start, end = runs[-1]
        mine = sorted(k for k in chunks if k[4:8] == run.to_bytes(4, "big"))
        if start or len(mine) != 1:
            return
        key, = mine
        for what in ["count", "measure", "day", "left out"]:
            records = seals.unpacked(chunks[key], words, end)
            place = chooser.randrange(len(records))
            writes = []
            if what == "count":
                count = (records[place][-2] << 32 | records[place][-1]) + 1 & seals.MASK
                records[place][-2:] = [count >> 32, count & 0xFFFFFFFF]
            elif what == "measure":
                records[place][-3] ^= 1
            elif what == "day":
                # Later days only, so that the order of records stands.
                records[-1][0] += 1
            elif len(records) > 1:
                # Not the first one, which the chunk's key names.
                del records[max(1, place)]
                changed = bytearray(manifest)
                at = 32 + 40 * (len(runs) - 1)
                struct.pack_into("<Q", changed, at + 24, end - 1)
                name_of_runs = self.cells(self.rows)[name][0]
                sealed = seals.sealed_manifest(bytes(changed))
                writes.append(("runs.manifests", name_of_runs, sealed))
                writes.append(("projections", name, seals.sealed_status(
                    name, self.rows["projections"][name], sealed)))
            else:
                continue
            at = struct.pack(">IIIII", store, run, records[0][0], records[0][1], 0)
            if at != key:
                writes.append(("runs.chunks", key, None))
            writes.append(("runs.chunks", at, seals.packed(at, records, mark)))
            yield self.one("runs.chunks", f"cells, {what}", show(name), writes)

    def cells_of(self, name, other):
        """The rows that another state has for the projection, said to be of this one."""
        theirs = self.cells(self.stores.rows[other][DATA]).get(name)
        runs, manifest, chunks = self.cells(self.rows)[name]
        if theirs is None or theirs[1] is None or manifest is None or theirs[2] == chunks:
            return
        # Under the number that this store gave to the projection's runs.
        number = manifest[12:16]
        marks = {run: mark for run, mark, _, _ in seals.runs_of(theirs[1])[1]}
        writes = [("runs.chunks", key, None) for key in chunks]
        for key, value in theirs[2].items():
            at = number[::-1] + key[4:]
            mark = marks.get(int.from_bytes(key[4:8], "big"), 0)
            writes.append(("runs.chunks", at, value[:-8] + seals.chunk_seal(at, value[:-8], mark)))
        moved = seals.sealed_manifest(theirs[1][:12] + number + theirs[1][16:])
        writes.append(("runs.manifests", runs, moved))
        writes.append(("projections", name, seals.sealed_status(
            name, self.rows["projections"][name], moved)))
        yield self.one("projections", f"cells, {other}", show(name), writes)

    def swapped_cells(self, chooser):
        """A version's rows in the place of another version's of the same shape."""
        cells = self.cells(self.rows)
        first, second = cells.get(b"visits@1"), cells.get(b"visits@2")
        if not first or not second:
            return
        status = self.rows["projections"][b"visits@1"]
        field = next(f for f in seals.fields_of_status(status) if f.name == "runs")
        altered = seals.with_field(status, field, second[0])
        yield self.one("projections", "runs of another version", "visits@1", [
            ("projections", b"visits@1", seals.sealed_status(b"visits@1", altered, second[1]))])

    def labels(self):
        """Labels of rows, under the seal that belongs to them."""
        for key, value in sorted(self.rows["projections"].items()):
            if key[0] < 2:
                continue
            fields = {f.name: f for f in seals.fields_of_status(value)}
            for name, other in [
                    ("position", (0).to_bytes(8, "little")),
                    ("position", (300).to_bytes(8, "little")),
                    ("position", (2**32 - 1).to_bytes(8, "little")),
                    ("state", (3).to_bytes(8, "little")), ("state", (0).to_bytes(8, "little")),
                    ("digest", hashlib.sha256(key).hexdigest().encode())]:
                altered = seals.with_field(value, fields[name], other)
                yield self.one("projections", f"sealed {name}", f"{show(key)}, {other[:8]!r}", [
                    ("projections", key, seals.sealed_status(key, altered))])

    # Entries

    def changed_entry(self, key):
        """An entry with another digit in its data, and the tree and root that follow from it."""
        tail = dict(self.rows["tail"])
        entry = tail[key]
        digits = [m.start() for m in re.finditer(rb"[0-9](?=[,}])", entry)]
        if not digits:
            return
        place = digits[0]
        tail[key] = entry[:place] + (b"1" if entry[place:place + 1] != b"1" else b"2") + entry[place + 1:]
        state = self.rows["registry"][b"state"]
        yield self.one("tail", "entry and tree", f"{show(key)}, byte {place}", [
            ("tail", key, tail[key]), ("registry", b"state", with_tree(state, tail))])

    def last_entries(self, chooser):
        """A case whose last entry is the one before it: its history is cut."""
        rows = {
            int.from_bytes(key[4:], "big"): value
            for key, value in self.rows["case_last"].items() if key[:4] == b"\0\0\0\0"}
        cases = [place for place in range(1020) if rows[0][4 * place:4 * place + 4] != b"\xff" * 4]
        for place in chooser.sample(cases, 6):
            last, = struct.unpack_from("<I", rows[0], 4 * place)
            if last == 0:
                continue
            changed = bytearray(rows[0])
            struct.pack_into("<I", changed, 4 * place, last - 1)
            yield self.one("case_last", "row and marks", f"case {place} ends at {last - 1}", [
                ("case_last", bytes(8), bytes(changed)),
                *seals.with_last_entries(
                    self.rows["registry"][b"state"], {**rows, 0: bytes(changed)})])

    def texts_swapped(self, table, ends_table, first):
        """Two texts of one length change places; all that is derived stands. With the block's seal as it
        was, with the one that belongs to it, and with the state that belongs to that."""
        texts = self.rows[table]
        ends = self.rows[ends_table]
        if len(texts) != 1 or len(ends) != 1:
            return
        (key, value), = texts.items()
        ends = seals.block_content(next(iter(ends.values())))
        at = [0] + [end for end, in struct.iter_unpack("<Q", ends)]
        pieces = [(at[i], at[i + 1]) for i in range(first, len(at) - 1) if at[i + 1] > at[i]]
        by_length = {}
        for start, end in pieces:
            size = end - start
            if size in by_length:
                other = by_length[size]
                one, two = value[other:other + size], value[start:end]
                if one != two:
                    changed = bytearray(value)
                    changed[other:other + size], changed[start:end] = two, one
                    changed = bytes(changed)
                    what = f"{one[:30]!r} and {two[:30]!r}"
                    yield Alteration(table, "texts swapped", what, [(table, key, changed)])
                    sealed = seals.sealed_block(table, key, changed)
                    yield Alteration(table, "texts swapped, sealed", what, [(table, key, sealed)])
                    yield self.one(table, "texts swapped, sealed and marked", what, [
                        (table, key, sealed),
                        *seals.with_marks(
                            self.rows["registry"][b"state"], "text_marks",
                            4 * seals.TEXT_STREAMS.index(table),
                            [int.from_bytes(sealed[-8:], "little")], f"mark of {table}")])
                    return
            by_length[size] = start

    def groups(self, other):
        """All tables of a kind from another state, each fitting the others."""
        theirs = self.stores.rows[other][DATA]
        groups = {
            "all projections": ["projections", "runs.chunks", "runs.manifests"],
            "columns and state": ["segments", "registry"],
            "names": ["names", "name_ends", "text_marks"],
            "cases": ["cases", "case_ends", "case_last", "text_marks"],
            "entries": ["bundles", "bundle_ends", "tail", "tree"],
            "definitions and projections": [
                "definitions", "projections", "runs.chunks", "runs.manifests"],
            "everything": sorted(self.rows)}
        for name, chosen in groups.items():
            writes = [
                write for table in chosen
                for write in replaced(table, self.rows[table], theirs[table])]
            if writes:
                yield self.one("several", f"{name}, {other}", ", ".join(chosen[:4]), writes)


    def vault(self, other):
        """The whole vault as it was."""
        now, then = self.stores.rows["whole"][VAULT], self.stores.rows[other][VAULT]
        writes = [
            write for table in sorted(now) for write in replaced(table, now[table], then[table])]
        yield Alteration("vault", f"file, {other}", "all tables", writes, VAULT)


def with_tree(state, tail):
    """The log's state with the frontier and root that a changed tail gives (RFC 6962)."""
    fields = {f.name: f for f in seals.fields_of_state(state)}
    count, = struct.unpack_from("<I", state, 0)
    levels, = struct.unpack_from("<I", state, fields["levels"].start)
    peaks = [state[fields[f"peak {n}"].start:fields[f"peak {n}"].end] for n in range(levels)]
    nodes = [hashlib.sha256(b"\0" + tail[key]).digest() for key in sorted(tail)]
    # What the tail fills of a tile: its perfect subtrees, the highest first.
    at = 0
    for level in reversed(range(8)):
        if count >> level & 1:
            peaks[level] = root(nodes[at:at + (1 << level)])
            at += 1 << level
    whole = None
    for level, peak in enumerate(peaks):
        if count >> level & 1:
            whole = peak if whole is None else node(peak, whole)
    changed = bytearray(state)
    changed[fields["root"].start:fields["root"].end] = whole
    for level, peak in enumerate(peaks):
        field = fields[f"peak {level}"]
        changed[field.start:field.end] = peak
    return seals.sealed_state(bytes(changed))


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def root(leaves):
    if len(leaves) == 1:
        return leaves[0]
    half = len(leaves) // 2
    return node(root(leaves[:half]), root(leaves[half:]))
