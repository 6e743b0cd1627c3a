"""Alterations of a store's tables: each a few writes behind Rekam's back, and how it is judged."""

import dataclasses
import random

import seals
import tables

DATA, VAULT = "data.mdb", "private.mdb"
# Notes of how long a backfill took: nothing follows from them (Schemas/STORE.md).
NOTES = b"\x01"


@dataclasses.dataclass
class Alteration:
    """Writes to one data file. A consistent one fits all that can be checked by looking at rows
    alone: reading commands may believe it, whatever proves or signs may not."""
    table: str
    kind: str
    what: str
    writes: list
    file: str = DATA
    is_consistent: bool = False

    @property
    def is_of_vault(self):
        """The vault explains tokens: without its rows they stand there themselves, by design."""
        return self.file == VAULT

    @property
    def name(self):
        return f"{self.table} / {self.kind}: {self.what}"

    def apply(self, store):
        with tables.opened(store / self.file, writes=True) as opened:
            for table, key, value in self.writes:
                if key is None:
                    opened.drop(table)
                elif value is None:
                    opened.delete(table, key)
                else:
                    opened.put(table, key, value, make=True)


def show(key):
    """A key as a person can read it."""
    text = key.decode("ascii", "replace")
    return text if key and all(32 <= byte < 127 for byte in key) else key.hex() or "(empty)"


def with_byte(text, chooser):
    place, change = chooser.randrange(len(text)), 1 << chooser.randrange(8)
    return place, text[:place] + bytes([text[place] ^ change]) + text[place + 1:]


class Single:
    """One change to one table, without a care for what else rests on it."""

    def __init__(self, stores, file):
        self.file = file
        self.rows = stores.rows["whole"][file]
        self.others = {name: stores.rows[name][file] for name in ["last", "older", "twin"]}

    def all(self):
        for table, rows in sorted(self.rows.items()):
            chooser = random.Random(f"{self.file} {table}")
            for key, value in sorted(rows.items()):
                if not key.startswith(NOTES) or table != "projections":
                    yield from self.of_row(table, key, value, chooser)
            yield from self.of_table(table, rows, chooser)
        yield self.one("extra", "unknown table", "a table of no kind", [("extra", b"k", b"v")])

    def one(self, table, kind, what, writes):
        name = table if self.file == DATA else f"vault {table}"
        return Alteration(name, kind, what, writes, self.file)

    def of_row(self, table, key, value, chooser):
        where = show(key)
        # What is used of a value, a long one at several places, and the zeros that fill its pages.
        used = len(value.rstrip(b"\0")) or len(value)
        places = [("byte", 0, used)] * (1 + min(9, used // 1000)) + [("padding", used, len(value))]
        for kind, start, end in places:
            if end - start > 0:
                place, changed = with_byte(value[start:end], chooser)
                yield self.one(table, kind, f"byte {start + place} of {where}",
                               [(table, key, value[:start] + changed + value[end:])])
        moved = with_byte(key, chooser)[1]
        if moved not in self.rows[table]:
            yield self.one(table, "key", f"{where} is moved to {show(moved)}",
                           [(table, key, None), (table, moved, value)])
        yield self.one(table, "delete", where, [(table, key, None)])
        added = key[:-1] + bytes([(key[-1] + 1 + chooser.randrange(3)) % 256])
        if added not in self.rows[table]:
            yield self.one(table, "add", f"{where} once more, as {show(added)}",
                           [(table, added, value)])
        yield self.one(table, "length", f"{where} is a byte shorter", [(table, key, value[:-1])])
        yield self.one(table, "length", f"{where} is a byte longer", [(table, key, value + b"\0")])
        other = chooser.choice(sorted(self.rows[table]))
        if self.rows[table][other] != value:
            yield self.one(table, "swap", f"{where} and {show(other)}",
                           [(table, key, self.rows[table][other]), (table, other, value)])
        for name, rows in self.others.items():
            once = rows.get(table, {}).get(key, value)
            if once != value:
                yield self.true(table, f"row, {name}", where, [(table, key, once)], name)

    def of_table(self, table, rows, chooser):
        sample = next(iter(rows.items()), (b"\0\0\0\1", b"\0\0\0\1"))
        unknown = bytes(chooser.randrange(256) for _ in range(len(sample[0])))
        yield self.one(table, "unknown key", show(unknown), [(table, unknown, sample[1])])
        yield self.one(table, "unknown key", "one past all others", [(table, b"\xff" * 9, b"?")])
        if rows:
            yield self.one(table, "empty", "all rows", [(table, key, None) for key in rows])
            yield self.one(table, "drop", "the whole table", [(table, None, None)])
        for name, others in self.others.items():
            once = others.get(table, {})
            if once != rows:
                writes = replaced(table, rows, once)
                yield self.true(table, f"table, {name}", "all rows", writes, name)

    def true(self, table, kind, what, writes, name):
        """Rows that were true once, or are in another store of the same beginning. Those of the twin
        are as sound as the rows themselves: only what is computed from the entries tells them, but for
        rows that say which log they are of."""
        alteration = self.one(table, kind, what, writes)
        is_tied = table in ("segments", "runs.chunks")
        return dataclasses.replace(alteration, is_consistent=name == "twin" and not is_tied)


def replaced(table, rows, others):
    """What makes a table hold other rows."""
    return ([(table, key, None) for key in rows if key not in others]
            + [(table, key, value) for key, value in others.items() if rows.get(key) != value])


class Labels:
    """Each thing that a stored row says of itself, wrong by itself."""

    def __init__(self, stores):
        self.rows = stores.rows["whole"][DATA]
        self.stores = stores

    def all(self):
        chooser = random.Random("labels")
        for key, value in sorted(self.rows["projections"].items()):
            if key[0] > 1:
                yield from self.labels("projections", key, value, seals.fields_of_status(value),
                                       chooser)
                yield from self.positions(key, value)
        for key, value in sorted(self.rows["definitions"].items()):
            yield from self.labels(
                "definitions", key, value, seals.fields_of_definition(value), chooser)
        state = self.rows["registry"][b"state"]
        yield from self.labels("registry", b"state", state, seals.fields_of_state(state), chooser)

    def labels(self, table, key, value, fields, chooser):
        for field in fields:
            text = seals.text_of(value, field)
            if field.is_text:
                other = chooser.choice([
                    text[:-1] + bytes([text[-1] ^ 1]) if text else b"x", text + b"0",
                    chooser.choice(self.texts(table, field.name))])
                if other == text:
                    continue
            else:
                value_now = int.from_bytes(text, "little")
                other = (value_now + chooser.choice([-1, 1])) % (1 << 8 * len(text))
                other = other.to_bytes(len(text), "little")
            yield Alteration(table, f"label {field.kind}",
                             f"{field.name} of {show(key)} is {other[:40]!r}",
                             [(table, key, seals.with_field(value, field, other))])

    def texts(self, table, name):
        """What other rows have there."""
        parse = seals.fields_of_status if table == "projections" else seals.fields_of_definition
        return [
            seals.text_of(value, field) for key, value in sorted(self.rows[table].items())
            if key[0] > 1 or table == "definitions" for field in parse(value) if field.name == name]

    def positions(self, key, value):
        field = next(f for f in seals.fields_of_status(value) if f.name == "position")
        for position in (0, 300, self.stores.entries - 1, self.stores.entries + 1, 2**32 - 1):
            other = position.to_bytes(8, "little")
            yield Alteration("projections", "label position", f"{show(key)} at {position}",
                             [("projections", key, seals.with_field(value, field, other))])


def every(stores):
    """All alterations there are, in a fixed order."""
    from consistent import Consistent
    return [*Single(stores, DATA).all(), *Single(stores, VAULT).all(), *Labels(stores).all(),
            *Consistent(stores).all()]
