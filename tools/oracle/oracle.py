"""An independent computation of Rekam's projections in SQL (DuckDB).

Each file `projections/NAME.sql` is written from the definition's words alone and selects one
projection's facts: a DATE `day`, the dimensions and measures under their names, the INTEGER
`case_id` it belongs to and (for stocks) `weight`, +1 or −1. It reads the view `events`: one row per
recorded event that is neither voided nor a void, with

    sequence, type, case_kind (the subject before its slash), subject, case_id (a number per
    subject),
    time (TIMESTAMP, UTC), instant (the same in milliseconds since 1970),
    place (one number that orders as time, then sequence), local (TIMESTAMP in the store's zone),
    day (its date), and every field that a schema marks as a column.

It shares no code with Rekam; Schemas/events only tells it the columns' names and types.

    oracle.py FILE… --store DIR --rekam BINARY [--projection NAME…]

loads event files (NDJSON), computes every projection in SQL, asks the binary for its cells and
compares them; exit 0 when all agree, 1 when one does not.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import duckdb

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
HERE = pathlib.Path(__file__).resolve().parent
SQL_TYPES = {"name": "VARCHAR", "enum": "VARCHAR", "integer": "BIGINT", "boolean": "BOOLEAN",
             "day": "DATE"}
UNMEASURED = ("case_id", "weight")


def quoted(texts):
    return ", ".join("'" + str(text).replace("'", "''") + "'" for text in texts)


def schemas():
    """The shipped event types: name → (field → its schema), without the log's own."""
    result = {}
    for path in sorted((ROOT / "Schemas" / "events").glob("*.json")):
        schema = json.loads(path.read_text())
        if schema.get("x-logs-own") or path.stem == "cloudevent":
            continue
        result[path.stem] = schema.get("properties", {}).get("data", {}).get("properties", {})
    return result


class Column:
    """One field: its SQL type, the event types in which it is a column, and an enum's words."""

    def __init__(self, name, kind):
        self.name, self.kind, self.types, self.words = name, kind, [], []


def columns():
    """Every field that some event type marks as a column, by name."""
    result = {}
    for event_type, fields in schemas().items():
        for name, field in fields.items():
            if "x-column" not in field:
                continue
            column = result.setdefault(name, Column(name, field["x-column"]))
            if column.kind != field["x-column"]:
                raise ValueError(f"{event_type}: {name} is {field['x-column']}, "
                                 f"elsewhere {column.kind}")
            column.types.append(event_type)
            column.words += [w for w in field.get("enum", []) if w not in column.words]
    return result


class Database:
    """One log in DuckDB; `zone` is the store's: minutes from UTC, or a name such as Asia/Jakarta."""

    def __init__(self, path=":memory:", threads=2, zone=420):
        self.connection = duckdb.connect(str(path))
        self.zone = zone
        self.connection.execute(f"SET threads = {threads}; SET TimeZone = 'UTC'")
        self.projections = {p.stem: p.read_text()
                            for p in sorted((HERE / "projections").glob("*.sql"))}

    def close(self):
        self.connection.close()

    def load(self, files):
        """Reads NDJSON into a table of its own: what `ingest` is measured against."""
        # A void's `source` and `id` are plain texts of its data, no columns.
        fields = {"source": "VARCHAR", "id": "VARCHAR"}
        fields |= {c.name: SQL_TYPES[c.kind] for c in columns().values()}
        data = ", ".join(f'"{name}" {kind}' for name, kind in fields.items())
        self.connection.execute(f"""
            CREATE OR REPLACE TABLE raw AS
            SELECT * FROM read_json([{quoted(files)}], format = 'newline_delimited', columns = {{
                id: 'VARCHAR', source: 'VARCHAR', type: 'VARCHAR', subject: 'VARCHAR',
                time: 'TIMESTAMPTZ', data: 'STRUCT({data})'}})""")

    def prepare(self):
        """Flattens the table that was read: duplicates, voids and what they void leave it."""
        run = self.connection.execute
        fields = columns()
        run("DROP VIEW IF EXISTS events")
        run("DROP TABLE IF EXISTS event_rows")
        for column in fields.values():
            if column.kind == "enum":
                run(f'DROP TYPE IF EXISTS "{column.name}_word"')
                run(f'CREATE TYPE "{column.name}_word" AS ENUM ({quoted(column.words)})')
        run("DROP TYPE IF EXISTS event_type")
        run(f"CREATE TYPE event_type AS ENUM ({quoted(schemas())})")

        def flat(column):
            # A field counts only in the types that mark it: elsewhere it may be a mere text.
            value = (f'CASE WHEN type IN ({quoted(column.types)}) '
                     f'THEN data."{column.name}" END')
            if column.kind == "enum":
                value += f'::"{column.name}_word"'
            return f'{value} AS "{column.name}"'

        local = (f"(time AT TIME ZONE 'UTC') + INTERVAL {self.zone} MINUTE"
                 if isinstance(self.zone, int) else f"time AT TIME ZONE {quoted([self.zone])}")
        # A table's rowid follows the order of the file. The same (source, id) again is a duplicate,
        # unless the event was voided in between: then it is recorded anew. So copies are counted
        # apart by the number of voids before them, and the first of each lot is an event.
        run(f"""
            CREATE TABLE event_rows AS
            WITH identities AS (
                SELECT rowid AS sequence, subject, source, id, type = 'event.voided' AS is_void,
                    data.source AS voided_source, data.id AS voided_id
                FROM raw),
            voids AS (
                SELECT min(sequence) AS sequence, arg_min(subject, sequence) AS subject,
                    arg_min(voided_source, sequence) AS source, arg_min(voided_id, sequence) AS id
                FROM identities WHERE is_void GROUP BY identities.source, identities.id),
            targets AS (
                SELECT i.sequence, v.source, v.id,
                    count(v.sequence) FILTER (WHERE v.sequence < i.sequence) AS before,
                    count(v.sequence) FILTER (WHERE v.sequence > i.sequence) AS after
                FROM identities i JOIN voids v USING (subject, source, id)
                WHERE NOT i.is_void
                GROUP BY ALL),
            repeated AS (
                SELECT source, id FROM identities GROUP BY ALL HAVING count(*) > 1),
            copies AS (
                SELECT i.sequence, row_number() OVER (
                    PARTITION BY i.source, i.id, coalesce(t.before, 0) ORDER BY i.sequence) AS nth
                FROM identities i SEMI JOIN repeated USING (source, id)
                LEFT JOIN targets t ON t.sequence = i.sequence),
            dropped AS (
                SELECT sequence FROM copies WHERE nth > 1
                UNION ALL SELECT sequence FROM targets WHERE after > 0
                UNION ALL SELECT sequence FROM identities WHERE is_void),
            cases AS (
                SELECT subject, (row_number() OVER (ORDER BY min(rowid)) - 1)::INTEGER AS case_id
                FROM raw GROUP BY subject)
            SELECT r.rowid AS sequence, r.type::event_type AS type,
                split_part(subject, '/', 1) AS case_kind, subject, case_id,
                (epoch_us(time) - (epoch_us(time) % 1000 + 1000) % 1000) // 1000 AS instant,
                {local} AS local,
                {", ".join(flat(column) for column in fields.values())}
            FROM raw r JOIN cases USING (subject)
            WHERE r.rowid NOT IN (SELECT sequence FROM dropped)
            ORDER BY r.rowid""")
        run("""
            CREATE VIEW events AS
            SELECT *, make_timestamp(instant * 1000) AS time, local::DATE AS day,
                instant::HUGEINT * 4294967296 + sequence AS place
            FROM event_rows""")
        run("DROP TABLE raw")

    def build(self, name):
        """Computes one projection's facts into a table of its own."""
        self.connection.execute(
            f'CREATE OR REPLACE TABLE "fact_{name}" AS '
            f"SELECT * EXCLUDE (case_id) FROM ({self.projections[name]})")

    def _names(self, name):
        described = self.connection.execute(
            f"DESCRIBE SELECT * FROM ({self.projections[name]})").fetchall()
        names = [row[0] for row in described]
        return [n for n in names if n not in UNMEASURED], "weight" in names

    def _texts(self, names):
        # A name that is absent and an empty one ("nobody") are the same cell.
        return ", ".join(f"""coalesce("{n}"::VARCHAR, '') AS "{n}\"""" for n in names)

    def cells(self, name):
        """The projection's facts, equal ones counted, as a dictionary from row to count."""
        names, is_stock = self._names(name)
        count = "sum(weight)::BIGINT" if is_stock else "count(*)"
        rows = self.connection.execute(
            f'SELECT {self._texts(names)}, {count} AS n FROM "fact_{name}" '
            "GROUP BY ALL HAVING n <> 0").fetchall()
        return {tuple(sorted(zip(names, row))): row[-1] for row in rows}

    def compare_cells(self, name, text, limit=5):
        """Demands that `rekam projection cells NAME --format csv` lists the same cells."""
        with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
            file.write(text)
            file.flush()
            return self.compare_file(name, file.name, limit)

    def compare_file(self, name, path, limit=5):
        """The same for a file; gives the number of cells, or ends with the first differences."""
        run = self.connection.execute
        names, is_stock = self._names(name)
        count = "sum(weight)::BIGINT" if is_stock else "count(*)"
        run(f"""CREATE OR REPLACE TEMP TABLE theirs AS
            SELECT * FROM read_csv({quoted([path])}, header = true, all_varchar = true, delim = ',',
                quote = '"', escape = '"', auto_detect = false, strict_mode = true,
                columns = {self._csv_columns(path)})""")
        found = [row[0] for row in run("DESCRIBE theirs").fetchall()]
        if sorted(found) != sorted(names + ["count"]):
            raise SystemExit(f"{name}: SQL has the columns {', '.join(names)} and count, "
                             f"Rekam {', '.join(found)}.")
        listed = ", ".join(f'"{n}"' for n in names)
        run(f"""CREATE OR REPLACE TEMP TABLE differences AS
            SELECT {listed}, sum(sql)::BIGINT AS sql, sum(rekam)::BIGINT AS rekam FROM (
                SELECT {self._texts(names)}, {count} AS sql, 0 AS rekam
                FROM "fact_{name}" GROUP BY ALL
                UNION ALL BY NAME
                SELECT {self._texts(names)}, 0 AS sql, "count"::BIGINT AS rekam FROM theirs)
            GROUP BY ALL HAVING sum(sql) <> sum(rekam)""")
        differing, = run("SELECT count(*) FROM differences").fetchone()
        if not differing:
            return run("SELECT count(*) FROM theirs").fetchone()[0]
        raise SystemExit(self._describe(name, names, differing, limit))

    def _csv_columns(self, path):
        with open(path) as file:
            header = file.readline().rstrip("\r\n").split(",")
        return "{" + ", ".join(f"'{n}': 'VARCHAR'" for n in header) + "}"

    def _describe(self, name, names, differing, limit):
        """The first differing rows, each with the cases that SQL finds behind it."""
        listed = ", ".join(f'"{n}"' for n in names)
        total, = self.connection.execute("SELECT sum(abs(sql - rekam)) FROM differences").fetchone()
        lines = [f"{name}: {differing} cells differ, by {total} facts."]
        rows = self.connection.execute(
            f"SELECT {listed}, sql, rekam FROM differences ORDER BY ALL LIMIT {limit}").fetchall()
        for row in rows:
            values = dict(zip(names, row))
            shown = " ".join(f"{k}={v or '–'}" for k, v in values.items())
            lines.append(f"  SQL {row[-2]}, Rekam {row[-1]}: {shown}")
            subjects = self.subjects_behind(name, values)
            if subjects:
                lines.append(f"    SQL's cases: {', '.join(subjects)}")
        # What a case lost in one cell it often shows in another: cases with a fact in a differing
        # cell of the same day are where to look.
        return "\n".join(lines)

    def subjects_behind(self, name, values, limit=5):
        """Subjects of the cases whose facts make up one cell, as SQL sees it."""
        names = list(values)
        equal = " AND ".join(f"coalesce(f.\"{n}\"::VARCHAR, '') = ?" for n in names)
        rows = self.connection.execute(
            f"SELECT DISTINCT subject FROM ({self.projections[name]}) f "
            f"JOIN event_rows USING (case_id) WHERE {equal} ORDER BY 1 LIMIT {limit}",
            list(values.values())).fetchall()
        return [row[0] for row in rows]

    def history(self, subject):
        """A case's events in order, each with the fields it has: to look at one by hand."""
        rows = self.connection.execute(
            "SELECT * EXCLUDE (case_id, case_kind, subject, local, place, instant) FROM events "
            "WHERE subject = ? ORDER BY place", [subject])
        names = [column[0] for column in rows.description]
        return [{n: v for n, v in zip(names, row) if v is not None} for row in rows.fetchall()]

    def busiest_agent(self):
        return self.connection.execute("""
            SELECT actor FROM events WHERE type = 'message.posted' AND actor_kind = 'agent'
            GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1""").fetchone()[0]


def main():
    parser = argparse.ArgumentParser(prog="oracle.py", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=pathlib.Path, metavar="FILE")
    parser.add_argument("--store", type=pathlib.Path)
    parser.add_argument("--rekam", help="the binary; without it the SQL is only timed")
    parser.add_argument("--projection", nargs="+", metavar="NAME")
    parser.add_argument("--zone", default="420", help="minutes from UTC, or a zone's name")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--limit", type=int, default=5, help="differing cells to show")
    parser.add_argument("--case", metavar="SUBJECT", help="show one case's events, and end")
    options = parser.parse_args()
    zone = int(options.zone) if options.zone.lstrip("-").isdigit() else options.zone
    database = Database(threads=options.threads, zone=zone)

    def timed(work, *arguments):
        start = time.perf_counter()
        result = work(*arguments)
        return time.perf_counter() - start, result

    seconds, _ = timed(database.load, options.files)
    more, _ = timed(database.prepare)
    events, = database.connection.execute("SELECT count(*) FROM events").fetchone()
    print(f"{events:,} events (read in {seconds:.1f} s, flattened in {more:.1f} s)")
    if options.case:
        for event in database.history(options.case):
            print("  ".join(f"{k}={v}" for k, v in event.items()))
        return
    failed = 0
    for name in options.projection or database.projections:
        seconds, _ = timed(database.build, name)
        facts, = database.connection.execute(f'SELECT count(*) FROM "fact_{name}"').fetchone()
        line = f"{name:20} {facts:>10,} facts in {seconds:6.2f} s"
        if options.rekam:
            with tempfile.NamedTemporaryFile(suffix=".csv") as file:
                subprocess.run(
                    [options.rekam, "projection", "cells", name, "--format", "csv"], check=True,
                    stdout=file, env=os.environ | {"REKAM_STORE": str(options.store)})
                try:
                    line += f"   {database.compare_file(name, file.name, options.limit):,} cells agree"
                except SystemExit as difference:
                    failed += 1
                    line += f"   DIFFERS\n{difference}"
        print(line, flush=True)
    if failed:
        sys.exit(f"{failed} projections differ.")


if __name__ == "__main__":
    main()
