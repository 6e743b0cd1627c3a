#ifndef CLMDB_H
#define CLMDB_H

#include <lmdb.h>
#include <sys/types.h>

// LMDB asserts that pages are what they should be, and ends the process when a damaged file breaks
// that. These calls come back with a code instead: the assertion's handler jumps out of the call
// that failed. A read gives MDB_CORRUPTED and other reads can follow; a write gives MDB_PANIC, and
// its transaction must be left as it is, neither aborted nor committed.

/// Sets the handler; without it the calls below guard nothing.
int guarded_mdb_prepare(MDB_env *environment);

int guarded_mdb_get(MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *value);
int guarded_mdb_cursor_get(
    MDB_cursor *cursor, MDB_val *key, MDB_val *value, MDB_cursor_op operation);
int guarded_mdb_cursor_del(MDB_cursor *cursor);
int guarded_mdb_put(
    MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *value, unsigned int flags);
int guarded_mdb_del(MDB_txn *txn, MDB_dbi dbi, MDB_val *key);
int guarded_mdb_drop(MDB_txn *txn, MDB_dbi dbi);
int guarded_mdb_commit(MDB_txn *txn);

/// Makes a file at least this long, changing nothing in it, whoever else is writing to it.
int guarded_mdb_lengthen(int descriptor, size_t length);

#endif
