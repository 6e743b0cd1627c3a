"""An independent computation of Rekam's projections in SQL (DuckDB).

Each file `projections/NAME.sql` is written from the definition's words alone and selects one
projection's facts: a DATE `day`, the dimensions and measures under their names, and (for stocks)
`weight`, +1 or −1. It reads the view `events`: one row per recorded event that is neither voided nor
a void, with `sequence`, `type`, `kind` (the subject before its slash), `subject`, `time` (TIMESTAMP,
UTC), `at` (the same in milliseconds since 1970), `day` (the date in the store's zone) and every field
that a schema marks as a column. It shares no code with Rekam; Schemas/events only tells it the
columns' names and types.
"""

import csv
import io
import json
import pathlib

import duckdb

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
HERE = pathlib.Path(__file__).resolve().parent
SQL_TYPES = {"name": "VARCHAR", "enum": "VARCHAR", "integer": "BIGINT", "boolean": "BOOLEAN",
             "day": "DATE"}


def columns():
    """Every field that some event type marks as a column, with its SQL type."""
    fields = {"source": "VARCHAR", "id": "VARCHAR"}  # of event.voided, not columns there
    for path in sorted((ROOT / "Schemas" / "events").glob("*.json")):
        schema = json.loads(path.read_text())
        if schema.get("x-logs-own"):
            continue
        data = schema.get("properties", {}).get("data", {})
        for name, field in data.get("properties", {}).items():
            if "x-column" in field:
                kind = SQL_TYPES[field["x-column"]]
                if fields.setdefault(name, kind) != kind:
                    raise ValueError(f"{path.name}: {name} is {kind}, elsewhere {fields[name]}")
    return fields


class Database:
    """One log in DuckDB; `zone_minutes` is the store zone's fixed distance from UTC."""

    def __init__(self, path=":memory:", threads=2, zone_minutes=420):
        self.connection = duckdb.connect(str(path))
        self.connection.execute(f"SET threads = {threads}; SET TimeZone = 'UTC'")
        self.zone_minutes = zone_minutes
        self.projections = {p.stem: p.read_text()
                            for p in sorted((HERE / "projections").glob("*.sql"))}

    def close(self):
        self.connection.close()

    def load(self, files):
        """Reads NDJSON into a table of its own: what `ingest` is measured against."""
        fields = columns()
        data = ", ".join(f'"{name}" {kind}' for name, kind in fields.items())
        names = ", ".join(f"'{file}'" for file in files)
        self.connection.execute(f"""
            CREATE OR REPLACE TABLE raw AS
            SELECT * FROM read_json([{names}], format = 'newline_delimited', columns = {{
                id: 'VARCHAR', source: 'VARCHAR', type: 'VARCHAR', subject: 'VARCHAR',
                time: 'TIMESTAMPTZ', data: 'STRUCT({data})'}})""")

    def prepare(self):
        """Flattens the table that was read: duplicates, voids and what they void leave it."""
        fields = columns()
        flat = ", ".join(f'data."{name}" AS "{name}"' for name in fields
                         if name not in ("source", "id"))
        self.connection.execute(f"""
            CREATE OR REPLACE TABLE events AS
            WITH numbered AS (
                SELECT row_number() OVER () - 1 AS sequence, * FROM raw),
            first_copies AS (
                SELECT * FROM numbered
                QUALIFY row_number() OVER (PARTITION BY source, id ORDER BY sequence) = 1),
            voided AS (
                SELECT subject, data.source AS source, data.id AS id FROM first_copies
                WHERE type = 'event.voided')
            SELECT sequence, type, split_part(subject, '/', 1) AS kind, subject,
                date_trunc('milliseconds', time)::TIMESTAMP AS time,
                epoch_ms(time) AS at,
                (time::TIMESTAMP + INTERVAL {self.zone_minutes} MINUTE)::DATE AS day,
                {flat}
            FROM first_copies e
            WHERE type <> 'event.voided' AND NOT EXISTS (
                SELECT 1 FROM voided v
                WHERE v.subject = e.subject AND v.source = e.source AND v.id = e.id)
            ORDER BY sequence""")

    def build(self, name):
        """Computes one projection's facts into a table of its own."""
        self.connection.execute(
            f'CREATE OR REPLACE TABLE "fact_{name}" AS {self.projections[name]}')

    def cells(self, name):
        """The projection's facts, equal ones counted, as a dictionary from row to count."""
        described = self.connection.execute(f'DESCRIBE "fact_{name}"').fetchall()
        names = [row[0] for row in described]
        weight = "sum(weight)" if "weight" in names else "count(*)"
        keys = [n for n in names if n != "weight"]
        listed = ", ".join(f'"{n}"' for n in keys)
        rows = self.connection.execute(
            f'SELECT {listed}, {weight} FROM "fact_{name}" GROUP BY ALL').fetchall()
        result = {}
        for row in rows:
            key = tuple(sorted(
                (n, "" if v is None else str(v).lower() if isinstance(v, bool) else str(v))
                for n, v in zip(keys, row[:-1])))
            # A name that is absent and an empty one ("nobody") are the same cell.
            result[key] = result.get(key, 0) + int(row[-1])
        return {key: count for key, count in result.items() if count}

    def compare_cells(self, name, text):
        """Demands that `rekam projection cells NAME --format csv` lists the same cells."""
        theirs = self.cells(name)
        ours = {}
        for row in csv.DictReader(io.StringIO(text)):
            count = int(row.pop("count"))
            key = tuple(sorted(row.items()))
            ours[key] = ours.get(key, 0) + count
        if ours == theirs:
            return len(ours)
        missing = [k for k in theirs if ours.get(k) != theirs[k]]
        extra = [k for k in ours if k not in theirs]
        lines = [f"{name}: {len(missing)} cells differ or are missing, {len(extra)} are not in SQL."]
        lines += [f"  SQL {theirs[k]}, Rekam {ours.get(k)}: {dict(k)}" for k in missing[:5]]
        lines += [f"  only Rekam {ours[k]}: {dict(k)}" for k in extra[:5]]
        raise SystemExit("\n".join(lines))

    def busiest_agent(self):
        return self.connection.execute("""
            SELECT actor FROM events WHERE type = 'message.posted' AND actor_kind = 'agent'
            GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1""").fetchone()[0]
