#define _GNU_SOURCE
#include "CLMDB.h"

#include <fcntl.h>
#include <setjmp.h>

static __thread jmp_buf *way_out;

static void assertion_failed(MDB_env *environment, const char *message) {
    (void)environment;
    (void)message;
    if (way_out) longjmp(*way_out, 1);
}

int guarded_mdb_prepare(MDB_env *environment) {
    return mdb_env_set_assert(environment, assertion_failed);
}

#define GUARDED(fault, call)                                                                      \
    jmp_buf here;                                                                                 \
    if (_setjmp(here)) {                                                                          \
        way_out = 0;                                                                              \
        return fault;                                                                             \
    }                                                                                             \
    way_out = &here;                                                                              \
    int code = (call);                                                                            \
    way_out = 0;                                                                                  \
    return code;

int guarded_mdb_get(MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *value) {
    GUARDED(MDB_CORRUPTED, mdb_get(txn, dbi, key, value))
}

int guarded_mdb_cursor_get(
    MDB_cursor *cursor, MDB_val *key, MDB_val *value, MDB_cursor_op operation) {
    GUARDED(MDB_CORRUPTED, mdb_cursor_get(cursor, key, value, operation))
}

int guarded_mdb_cursor_del(MDB_cursor *cursor) {
    GUARDED(MDB_PANIC, mdb_cursor_del(cursor, 0))
}

int guarded_mdb_put(
    MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *value, unsigned int flags) {
    GUARDED(MDB_PANIC, mdb_put(txn, dbi, key, value, flags))
}

int guarded_mdb_del(MDB_txn *txn, MDB_dbi dbi, MDB_val *key) {
    GUARDED(MDB_PANIC, mdb_del(txn, dbi, key, 0))
}

int guarded_mdb_drop(MDB_txn *txn, MDB_dbi dbi) { GUARDED(MDB_PANIC, mdb_drop(txn, dbi, 0)) }

int guarded_mdb_commit(MDB_txn *txn) { GUARDED(MDB_PANIC, mdb_txn_commit(txn)) }

int guarded_mdb_lengthen(int descriptor, size_t length) {
    return fallocate(descriptor, 0, (off_t)length - 1, 1);
}
