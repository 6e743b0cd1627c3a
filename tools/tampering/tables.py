"""The tables of an LMDB data file, read and written behind Rekam's back: through LMDB itself, so that
pages and trees stay whole and only what stands in them is altered."""

import contextlib
import ctypes
import ctypes.util

NOSUBDIR, NOSYNC, RDONLY, NOLOCK = 0x4000, 0x10000, 0x20000, 0x400000
CREATE = 0x40000
NOTFOUND = -30798
FIRST, NEXT = 0, 8
MOST_TABLES = 64


class Value(ctypes.Structure):
    """`MDB_val`: bytes that LMDB lends or takes."""
    _fields_ = [("size", ctypes.c_size_t), ("data", ctypes.c_void_p)]

    @staticmethod
    def of(text):
        value = Value(len(text), ctypes.cast(ctypes.c_char_p(text), ctypes.c_void_p))
        value.kept = text
        return value

    @property
    def bytes(self):
        return ctypes.string_at(self.data, self.size)


def library():
    """LMDB as Debian brings it, which the command itself is linked to."""
    name = ctypes.util.find_library("lmdb") or "liblmdb.so.0"
    try:
        return ctypes.CDLL(name)
    except OSError:
        raise SystemExit("tools/tamper: LMDB is missing; run tools/setup first.") from None


LMDB = library()


def call(name, *arguments):
    """A function of LMDB; other outcomes than 0 are errors."""
    code = getattr(LMDB, name)(*arguments)
    if code != 0:
        LMDB.mdb_strerror.restype = ctypes.c_char_p
        raise OSError(f"{name}: {LMDB.mdb_strerror(code).decode()}")


class Tables:
    """One transaction on a data file. Tables are named by text; None is the table of tables."""

    def __init__(self, transaction, environment):
        self.transaction = transaction
        self.environment = environment
        self.handles = {}

    def handle(self, table, make=False):
        if table not in self.handles:
            handle = ctypes.c_uint()
            name = None if table is None else table.encode()
            call("mdb_dbi_open", self.transaction, name, CREATE if make else 0,
                 ctypes.byref(handle))
            self.handles[table] = handle
        return self.handles[table]

    def names(self):
        return [key.decode() for key, _ in self.rows(None)]

    def rows(self, table):
        """All rows of a table, in the order of their keys."""
        cursor = ctypes.c_void_p()
        call("mdb_cursor_open", self.transaction, self.handle(table), ctypes.byref(cursor))
        key, value, found = Value(), Value(), []
        while True:
            code = LMDB.mdb_cursor_get(
                cursor, ctypes.byref(key), ctypes.byref(value), NEXT if found else FIRST)
            if code == NOTFOUND:
                break
            if code:
                raise OSError(f"mdb_cursor_get: {code}")
            # The value of a row in the table of tables is LMDB's own.
            found.append((key.bytes, value.bytes if table else b""))
        LMDB.mdb_cursor_close(cursor)
        return found

    def put(self, table, key, value, make=False):
        call("mdb_put", self.transaction, self.handle(table, make), ctypes.byref(Value.of(key)),
             ctypes.byref(Value.of(value)), 0)

    def delete(self, table, key):
        call("mdb_del", self.transaction, self.handle(table), ctypes.byref(Value.of(key)), None)

    def drop(self, table):
        """Takes a table away, with its name."""
        call("mdb_drop", self.transaction, self.handle(table), 1)


@contextlib.contextmanager
def opened(path, writes=False):
    """A transaction on a data file that no process has open; committed where nothing is raised."""
    environment, transaction = ctypes.c_void_p(), ctypes.c_void_p()
    call("mdb_env_create", ctypes.byref(environment))
    try:
        call("mdb_env_set_maxdbs", environment, MOST_TABLES)
        call("mdb_env_open", environment, str(path).encode(),
             NOSUBDIR | NOLOCK | (NOSYNC if writes else RDONLY), 0o600)
        call("mdb_txn_begin", environment, None, 0 if writes else RDONLY,
             ctypes.byref(transaction))
        try:
            yield Tables(transaction, environment)
        except BaseException:
            LMDB.mdb_txn_abort(transaction)
            raise
        if writes:
            call("mdb_txn_commit", transaction)
        else:
            LMDB.mdb_txn_abort(transaction)
    finally:
        LMDB.mdb_env_close(environment)


def read(path):
    """All that a data file holds: rows by key, by table."""
    with opened(path) as tables:
        return {name: dict(tables.rows(name)) for name in tables.names()}
