"""An independent computation of Rekam's projections in SQL (DuckDB).

Each file `projections/NAME.sql` is written from the definition's words alone and selects one
projection's facts: a DATE `day`, the dimensions and measures under their names, the INTEGER
`case_id` it belongs to and (for stocks) `weight`, +1 or −1. It reads two views. `events` has one
row per recorded event that is neither voided nor a void, with

    sequence (of recording), type, case_kind (the subject before its slash), subject, case_id (a
    number per subject),
    time (TIMESTAMP, UTC), instant (the same in milliseconds since 1970), fraction (nanoseconds
    after it), where an event shortly before the opening has the opening's,
    place (its number within its case, see order.py), local (TIMESTAMP in the store's zone),
    day (its date), silent (whether it is no change), and every field that a schema marks as a
    column: the first row of an update in several rows has what all of them say.

`happened` has those that are not silent: what `first`, `last`, `next`, `previous`, `count`, `fact`
and what enters or leaves a stock look for. What is in force, and so every length of time that
leaves states out, is read from all `events`. There are also the macro local_time(instant), those of
calendars.py for business time, that of answers.py, and the tables of rounds.py.
Of the projections in ANONYMOUS no cells are shown; figures alone are compared.

It shares no code with Rekam; Schemas/events only tells it the columns' names and types.

    oracle.py FILE… --store DIR --rekam BINARY [--projection NAME…]

loads event files (NDJSON), computes every projection in SQL, asks the binary for its cells and
compares them; with --kpis YEAR… (see kpis.py) every KPI's figures by agent, team, channel and month,
too; exit 0 when all agree, 1 when one does not.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import duckdb

import answers
import calendars
import order
import rounds

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
HERE = pathlib.Path(__file__).resolve().parent
SQL_TYPES = {"name": "VARCHAR", "enum": "VARCHAR", "integer": "BIGINT", "boolean": "BOOLEAN",
             "day": "DATE"}
UNMEASURED = ("case_id", "weight")
ANONYMOUS = ("enps", "pulse")


def quoted(texts):
    return ", ".join("'" + str(text).replace("'", "''") + "'" for text in texts)


def quoted_names(names):
    return ", ".join(f'"{name}"' for name in names)


def event_schemas():
    """The shipped event types: name → its schema with its `fields`, without the log's own."""
    result = {}
    for path in sorted((ROOT / "Schemas" / "events").glob("*.json")):
        schema = json.loads(path.read_text())
        if schema.get("x-logs-own") or path.stem == "cloudevent":
            continue
        fields = schema.get("properties", {}).get("data", {}).get("properties", {})
        result[path.stem] = schema | {"fields": fields}
    return result


def schemas():
    """The shipped event types: name → (field → its schema)."""
    return {name: schema["fields"] for name, schema in event_schemas().items()}


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


def marks_of(projection):
    """The names of a shipped projection's measures that only say whether something holds."""
    for path in sorted((ROOT / "Schemas" / "catalogue").glob("*.yaml")):
        for text in re.split(r"^---$", path.read_text(), flags=re.MULTILINE):
            if re.search(rf"^projection: {projection}$", text, re.MULTILINE):
                return set(re.findall(r"^  (\w+):\s*(?:{flag:|\n    flag:)", text, re.MULTILINE))
    return set()


class Database:
    """One log in DuckDB; `zone` is the store's: minutes from UTC, or a name (Asia/Jakarta)."""

    def __init__(self, path=":memory:", threads=2, zone=420):
        self.connection = duckdb.connect(str(path))
        self.zone = zone
        self.connection.execute(f"SET threads = {threads}; SET TimeZone = 'UTC'")
        # A name that is absent and an empty one ("nobody") are the same cell; and a CSV may hold
        # a ' before what a spreadsheet could take for a formula.
        self.connection.execute("""
            CREATE TEMP MACRO plain(text) AS coalesce(
                CASE WHEN text[1] = '''' AND text[2] IN ('=', '+', '-', '@') THEN text[2:]
                ELSE text END, '')""")
        # A time as it was sent: its whole second, and its nanoseconds, of which further decimals
        # are cut. A leap second is the last nanosecond before the next one.
        self.connection.execute(r"""
            CREATE TEMP MACRO second_of(text) AS
                (text[:17] || CASE WHEN text[18:19] = '60' THEN '59' ELSE text[18:19] END
                    || regexp_extract(text, '([Zz]|[+-]\d\d:\d\d)$'))::TIMESTAMPTZ;
            CREATE TEMP MACRO nanoseconds_of(text) AS
                CASE WHEN text[18:19] = '60' THEN 999999999
                ELSE rpad(regexp_extract(text, '[.](\d+)', 1), 9, '0')[:9]::BIGINT END""")
        self.projections = {p.stem: p.read_text()
                            for p in sorted((HERE / "projections").glob("*.sql"))}

    def close(self):
        self.connection.close()

    def load(self, files):
        """Reads NDJSON into a table of its own: what `ingest` is measured against."""
        # Plain texts (a title, a note, what a void names) are read, too: they are part of what was
        # recorded, and tell a repeat from a correction.
        fields = {name: "VARCHAR" for one in schemas().values() for name in one}
        fields |= {c.name: SQL_TYPES[c.kind] for c in columns().values()}
        data = ", ".join(f'"{name}" {kind}' for name, kind in fields.items())
        self.connection.execute(f"""
            CREATE OR REPLACE TABLE raw AS
            SELECT * FROM read_json([{quoted(files)}], format = 'newline_delimited', columns = {{
                id: 'VARCHAR', source: 'VARCHAR', type: 'VARCHAR', subject: 'VARCHAR',
                time: 'VARCHAR', sequence: 'JSON', sequencetype: 'VARCHAR', rekamorder: 'JSON',
                rekamplace: 'JSON', data: 'STRUCT({data})'}})""")

    def prepare(self):
        """Flattens the table that was read: duplicates, voids and what they void leave it."""
        run = self.connection.execute
        fields = columns()
        run("DROP VIEW IF EXISTS happened; DROP VIEW IF EXISTS events")
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

        moment = "make_timestamp(instant * 1000)"
        there = (f"{moment} + INTERVAL {self.zone} MINUTE" if isinstance(self.zone, int)
                 else f"{moment} AT TIME ZONE 'UTC' AT TIME ZONE {quoted([self.zone])}")
        run(f"CREATE OR REPLACE TEMP MACRO local_time(instant) AS {there}")
        run("CREATE OR REPLACE TEMP TABLE dropped AS SELECT unnest(?) AS sequence",
            [self._voids_and_voided()])
        run(f"""
            CREATE OR REPLACE TEMP TABLE recorded AS
            WITH repeated AS (
                SELECT source, id, min(rowid) AS first FROM raw
                GROUP BY source, id HAVING count(*) > 1),
            voided AS (
                SELECT DISTINCT data.source AS source, data.id AS id
                FROM raw WHERE type = 'event.voided'),
            gone AS (
                SELECT sequence FROM dropped
                UNION ALL
                SELECT r.rowid FROM raw r JOIN repeated USING (source, id)
                ANTI JOIN voided USING (source, id) WHERE r.rowid > repeated.first),
            cases AS (
                SELECT subject, (row_number() OVER (ORDER BY min(rowid)) - 1)::INTEGER AS case_id
                FROM raw GROUP BY subject)
            SELECT r.rowid AS sequence, r.type::event_type AS type,
                split_part(subject, '/', 1) AS case_kind, subject, case_id,
                epoch_ms(second_of(time)) + nanoseconds_of(time) // 1000000 AS instant,
                nanoseconds_of(time) % 1000000 AS fraction,
                source, sequencetype AS told_as,
                -- As an entry of the log keeps what a mapping made of its row, else as sent.
                coalesce(nullif(rekamorder::VARCHAR, 'null'), nullif(rekamplace::VARCHAR, 'null'),
                    nullif(r.sequence::VARCHAR, 'null')) AS told,
                coalesce(rekamplace::VARCHAR, 'null') <> 'null' AS is_place,
                {", ".join(flat(column) for column in fields.values())}
            FROM raw r JOIN cases USING (subject)
            WHERE r.rowid NOT IN (SELECT sequence FROM gone)
            ORDER BY r.rowid""")
        order.prepare(self.connection, event_schemas(), list(fields))
        run("""
            CREATE VIEW events AS
            SELECT *, make_timestamp(instant * 1000) AS time, local::DATE AS day FROM event_rows""")
        run("CREATE VIEW happened AS SELECT * FROM events WHERE NOT silent")
        run("DROP TABLE raw")
        calendars.prepare(self.connection, self.zone)
        rounds.prepare(self.connection)
        run("DROP TABLE recorded")
        answers.prepare(self.connection)

    def _voids_and_voided(self):
        """Sequences of the voids, of what they take out, and of what is repeated or refused there.

        The same event again is a duplicate, also after it was voided. The same (source, id) with
        another content is refused, unless the event was voided in between: then it is recorded
        anew. A table's rowid follows the order of the file.
        """
        rows = self.connection.execute("""
            WITH voided AS (
                SELECT DISTINCT data.source AS source, data.id AS id
                FROM raw WHERE type = 'event.voided')
            SELECT rowid, type = 'event.voided', subject, source, id,
                hash(type, subject, second_of(time), nanoseconds_of(time), sequence::VARCHAR, data),
                data.source, data.id
            FROM raw
            WHERE type = 'event.voided' OR (source, id) IN (SELECT (source, id) FROM voided)
            ORDER BY rowid""").fetchall()
        recorded, voided, dropped = {}, set(), []  # recorded: key → [(sequence, content, …)]
        for sequence, is_void, subject, source, id, content, *target in rows:
            same_key = recorded.setdefault((source, id), [])
            if is_void:
                dropped.append(sequence)
            if any(content == one[1] or one[0] not in voided for one in same_key):
                if not is_void:
                    dropped.append(sequence)
                continue
            if is_void:
                victims = [one[0] for one in recorded.get(tuple(target), ())
                           if one[0] not in voided and one[2] == subject and not one[3]]
                if not victims:
                    continue
                voided.update(victims)
            same_key.append((sequence, content, subject, is_void))
        return dropped + sorted(voided)

    def build(self, name):
        """Computes one projection's cells (its facts, equal ones counted) into a table of its own.

        That is what a rebuild does, so that this is also what it is measured against.
        """
        names, count = self._shape(name)
        self.connection.execute(
            f'CREATE OR REPLACE TABLE "cells_{name}" AS SELECT {quoted_names(names)}, '
            f'{count} AS "count" FROM ({self.projections[name]}) GROUP BY ALL HAVING "count" <> 0')

    def _shape(self, name):
        """The names of a projection's columns, and what counts its facts."""
        described = self.connection.execute(
            f"DESCRIBE SELECT * FROM ({self.projections[name]})").fetchall()
        names = [row[0] for row in described]
        return ([n for n in names if n not in UNMEASURED],
                "sum(weight)::BIGINT" if "weight" in names else "count(*)")

    def _texts(self, names):
        return ", ".join(f'plain("{name}"::VARCHAR) AS "{name}"' for name in names)

    def cells(self, name):
        """The cells that were built, as a dictionary from row to count."""
        names, _ = self._shape(name)
        rows = self.connection.execute(
            f'SELECT {self._texts(names)}, "count" FROM "cells_{name}"').fetchall()
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
        names, _ = self._shape(name)
        run(f"""CREATE OR REPLACE TEMP TABLE theirs AS
            SELECT * FROM read_csv({quoted([path])}, header = true, all_varchar = true, delim = ',',
                quote = '"', escape = '"', auto_detect = false, strict_mode = true,
                columns = {self._csv_columns(path)})""")
        found = [row[0] for row in run("DESCRIBE theirs").fetchall()]
        if sorted(found) != sorted(names + ["count"]):
            raise SystemExit(f"{name}: SQL has the columns {', '.join(names)} and count, "
                             f"Rekam {', '.join(found)}.")
        listed = quoted_names(names)
        # A mark that does not hold is listed as 0; here it is nothing.
        marks = marks_of(name)
        ours = ", ".join(
            f"""coalesce(nullif(plain("{n}"::VARCHAR), ''), '0') AS "{n}\"""" if n in marks
            else self._texts([n]) for n in names)
        run(f"""CREATE OR REPLACE TEMP TABLE differences AS
            SELECT {listed}, sum(sql)::BIGINT AS sql, sum(rekam)::BIGINT AS rekam FROM (
                SELECT {ours}, "count" AS sql, 0 AS rekam FROM "cells_{name}"
                UNION ALL BY NAME
                SELECT {self._texts(names)}, 0 AS sql, plain("count")::BIGINT AS rekam FROM theirs)
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
        listed = quoted_names(names)
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
            elif near := self._nearest(names, row):
                changed = ", ".join(f"{n}={near[n] or '–'}" for n in names if near[n] != values[n])
                lines.append(f"    perhaps {', '.join(self.subjects_behind(name, near))}, "
                             f"where SQL has {changed}")
        return "\n".join(lines)

    def _nearest(self, names, row):
        """The differing cell of which SQL has too many that is most like one it lacks."""
        alike = " + ".join(f'("{n}" = ?)::INTEGER' for n in names)
        listed = quoted_names(names)
        found = self.connection.execute(
            f"SELECT {listed} FROM differences WHERE sql > rekam AND sql <> 0 "
            f"ORDER BY {alike} DESC LIMIT 1", list(row[:len(names)])).fetchone()
        return found and dict(zip(names, found))

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
            "SELECT * EXCLUDE (case_id, case_kind, subject, local, instant) FROM events "
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
    parser.add_argument("--kpis", type=int, metavar="YEAR", nargs="+",
                        help="compare every KPI's figures of these years, too")
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
        cells, = database.connection.execute(f'SELECT count(*) FROM "cells_{name}"').fetchone()
        line = f"{name:20} {cells:>10,} cells in {seconds:6.2f} s"
        if options.rekam and name not in ANONYMOUS:
            with tempfile.NamedTemporaryFile(suffix=".csv") as file:
                subprocess.run(
                    [options.rekam, "projection", "cells", name, "--format", "csv"], check=True,
                    stdout=file, env=os.environ | {"REKAM_STORE": str(options.store)})
                try:
                    database.compare_file(name, file.name, options.limit)
                    line += "   agree"
                except SystemExit as difference:
                    failed += 1
                    line += f"   DIFFERS\n{difference}"
        print(line, flush=True)
    if failed:
        sys.exit(f"{failed} projections differ.")
    if options.rekam and options.kpis:
        import kpis
        for year in options.kpis:
            seconds, compared = timed(
                kpis.compare, database, options.rekam, options.store, year, options.limit)
            print(f"{year}: {compared:,} figures of {len(kpis.KPIS)} KPIs agree ({seconds:.1f} s)")


if __name__ == "__main__":
    main()
