"""What DuckDB reads of Parquet files, and files that it writes, with their rows.

    parquet.py rows FILE            the rows of a file
    parquet.py bounds FILE          fails where what a file states of a column's values is another than they are
    parquet.py write FOLDER SEED    files in every codec that Rekam reads, each FILE.parquet with FILE.rows
    parquet.py refused FOLDER       files that Rekam refuses, each named by what is in it

Rows are lines of values parted by tabs: `null`, `true`, whole numbers, exact decimals, `f` and `d` with the
bits of floating ones, `x` with the bytes of texts, `t` with nanoseconds of times.
"""

import pathlib
import struct
import sys

import duckdb

DECIMAL_TYPES = ("DECIMAL", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT",
                 "UINTEGER", "UBIGINT", "BOOLEAN")


def expression(name, kind):
    column = '"' + name.replace('"', '""') + '"'
    if kind.startswith(DECIMAL_TYPES):
        return f"{column}::VARCHAR"
    if kind in ("VARCHAR", "JSON") or kind.startswith("ENUM"):
        return f"'x' || lower(hex(encode({column}::VARCHAR)))"
    if kind == "BLOB":
        return f"'x' || lower(hex({column}))"
    if kind == "UUID":
        return f"'x' || replace({column}::VARCHAR, '-', '')"
    if kind == "DATE":
        return f"({column} - DATE '1970-01-01')::VARCHAR"
    if kind == "TIME":
        return (f"'t' || (hour({column}) * 3600000000000 + minute({column}) * 60000000000"
                f" + microsecond({column})::BIGINT * 1000)::VARCHAR")
    if kind in ("TIMESTAMP_NS", "TIMESTAMPTZ_NS"):
        return f"'t' || epoch_ns({column})::VARCHAR"
    if kind.startswith("TIMESTAMP"):
        return f"'t' || (epoch_us({column})::HUGEINT * 1000)::VARCHAR"
    return column  # FLOAT and DOUBLE


def lines(con, table):
    kinds = [(row[0], str(row[1])) for row in con.execute(f"DESCRIBE SELECT * FROM {table}").fetchall()]
    columns = ", ".join(expression(name, kind) for name, kind in kinds)
    for row in con.execute(f"SELECT {columns} FROM {table}").fetchall():
        texts = []
        for value, (_, kind) in zip(row, kinds):
            if value is None:
                texts.append("null")
            elif kind == "FLOAT":
                texts.append("f" + struct.pack(">f", value).hex())
            elif kind == "DOUBLE":
                texts.append("d" + struct.pack(">d", value).hex())
            elif kind.startswith("DECIMAL"):  # ".5" where all digits stand behind the point
                texts.append(value.replace("-.", "-0.") if value[0] != "." else "0" + value)
            else:
                texts.append(value)
        yield "\t".join(texts)


def fill(con, seed, count, nulls):
    """A table of every type that Parquet has, of which some rows are null."""
    con.execute(f"SELECT setseed({seed % 100 / 100})")
    con.execute("CREATE OR REPLACE MACRO h(i, place, n) AS (hash(i, place) % n)::HUGEINT")
    con.execute("CREATE OR REPLACE TYPE state AS ENUM ('open', 'closed', 'on hold')")
    columns = {
        "flag": "random() < 0.5",
        "tiny": "(h(i, 1, 256) - 128)::TINYINT", "small": "(h(i, 2, 65536) - 32768)::SMALLINT",
        "int": "(h(i, 3, 4294967296) - 2147483648)::INTEGER",
        "big": "(hash(i, 4)::HUGEINT - 9223372036854775808)::BIGINT",
        "utiny": "(h(i, 5, 256))::UTINYINT", "usmall": "(h(i, 6, 65536))::USMALLINT",
        "uint": "(h(i, 7, 4294967296))::UINTEGER", "ubig": "hash(i, 8)::UBIGINT",
        "single": "(random() * 1e6 - 5e5)::FLOAT", "double": "random() * 1e300 - 5e299",
        "d4": "((h(i, 9, 19999) - 9999) / 10)::DECIMAL(4, 1)",
        "d9": "((h(i, 10, 1999999999) - 999999999) / 100)::DECIMAL(9, 2)",
        "d18": "((h(i, 11, 1999999999) - 999999999) / 1000)::DECIMAL(18, 6)",
        "d38": "(hash(i, 12)::HUGEINT * 12345678901 - 9)::DECIMAL(38, 0)",
        "text": "CASE WHEN i % 3 = 0 THEN '' ELSE repeat('é' || i, (h(i, 13, 20))::INT) END",
        "few": "['open', 'closed', 'sangat lama', ''][1 + (h(i, 14, 4))::INT]",
        "same": "'always'",
        "blob": "from_hex(printf('%08x', h(i, 15, 1000000)::INT))",
        "id": "md5(i::VARCHAR)::UUID",
        "state": "(['open', 'closed', 'on hold'][1 + (h(i, 16, 3))::INT])::state",
        "json": "('{\"n\":' || i || '}')::JSON",
        "day": "DATE '1970-01-01' + (h(i, 17, 60000))::INT - 20000",
        "clock": "TIME '00:00:00' + to_microseconds((h(i, 18, 86400000000))::BIGINT)",
        "at": "make_timestamp((h(i, 19, 4000000000000000) - 1000000000000000)::BIGINT)",
        "at_ms": "make_timestamp_ms((h(i, 20, 4000000000000))::BIGINT)",
        "at_ns": "make_timestamp_ns((h(i, 21, 4000000000000000000))::BIGINT)",
        "at_zone": "to_timestamp((h(i, 22, 4000000000))::DOUBLE / 2)",
    }

    def null(name, value):
        return f"CASE WHEN hash(i, '{name}') % 100 < {nulls} THEN NULL ELSE {value} END AS \"{name}\""

    con.execute("CREATE OR REPLACE TABLE t AS SELECT "
                + ", ".join(null(name, value) for name, value in columns.items())
                + f" FROM range({count}) r(i)")


def write(folder, seed):
    con = duckdb.connect()
    for codec in ("uncompressed", "snappy", "gzip", "zstd"):
        for count, nulls, group in ((0, 0, 2048), (1, 0, 2048), (3000, 0, 2048), (5000, 20, 2048),
                                    (3000, 99, 122880), (100, 100, 122880)):
            fill(con, seed, count, nulls)
            name = f"{folder}/{codec}-{count}-{nulls}"
            con.execute(f"COPY t TO '{name}.parquet' (FORMAT parquet, COMPRESSION {codec}, "
                        f"ROW_GROUP_SIZE {group}, KV_METADATA {{unit: 'seconds'}})")
            pathlib.Path(name + ".rows").write_text("".join(line + "\n" for line in lines(con, "t")))


def refused(folder):
    con = duckdb.connect()
    for name, value, options in (
            ("LIST", "[1, 2]", ""), ("group", "{'a': 1, 'b': 'x'}", ""),
            ("MAP", "MAP {'k': 1}", ""), ("INTERVAL", "INTERVAL 3 DAY", ""),
            ("BROTLI", "i", "COMPRESSION brotli"), ("LZ4_RAW", "i", "COMPRESSION lz4_raw"),
            ("DELTA_BINARY_PACKED", "hash(i)::UBIGINT", "PARQUET_VERSION V2"),
            ("BYTE_STREAM_SPLIT", "random()", "PARQUET_VERSION V2"),
            ("DELTA_LENGTH_BYTE_ARRAY", "'text ' || i", "PARQUET_VERSION V2")):
        con.execute(f"COPY (SELECT i AS sound, {value} AS odd FROM range(3000) r(i)) "
                    f"TO '{folder}/{name}.parquet' (FORMAT parquet{', ' if options else ''}{options})")


def bounds(file):
    con = duckdb.connect()
    kinds = {row[0]: str(row[1]) for row in con.execute(f"DESCRIBE SELECT * FROM read_parquet('{file}')").fetchall()}
    for name, kind in kinds.items():
        stated = con.execute(
            f"SELECT min(stats_min_value::{kind}), max(stats_max_value::{kind}), sum(stats_null_count),"
            f" count(stats_min_value) FROM parquet_metadata('{file}') WHERE path_in_schema = ?",
            [name]).fetchone()
        found = con.execute(
            f'SELECT min("{name}"), max("{name}"), count(*) - count("{name}") FROM '
            f"read_parquet('{file}')").fetchone()
        if stated[3] and stated[:3] != found:
            sys.exit(f"{name}: says {stated[:3]}, holds {found}")


match sys.argv[1:]:
    case ["bounds", file]:
        bounds(file)
    case ["rows", file]:
        for line in lines(duckdb.connect(), f"read_parquet('{file}')"):
            print(line)
    case ["write", folder, seed]:
        write(folder, int(seed))
    case ["refused", folder]:
        refused(folder)
    case _:
        sys.exit(__doc__)
