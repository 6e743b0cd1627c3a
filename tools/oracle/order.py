"""The order within a case, and what its events mean beside each other, written from
Schemas/EVENTS.md (*The order within a case*, *What events mean beside each other*) alone.

`prepare` makes the table event_rows from `recorded`: its events (without openings after the first,
which are none) with `place` (their number within
the case), `instant` and `fraction` as they count, `silent`, and their fields, those of an update in
several rows together in its first.

A queue in which each event waits for the one before it, and of several queues the head with the
least key goes next, are ordered by the greatest key so far in each queue: one that had to wait for
a greater key goes right after it. So SQL needs no loop.
"""

import collections
import json

# Who made a change, by the schemas' words: "Who assigned it", "Who changed it".
MAKERS = ("actor", "by")
UNSAID = 50


def names(texts):
    return ", ".join("'" + text + "'" for text in texts) or "NULL"


def rank(schemas):
    """SQL for an event's rank: its type's, or that of the word that one of its fields has."""
    parts = []
    for event_type, schema in schemas.items():
        parts += [f"WHEN type = '{event_type}' AND \"{name}\" = '{word}' THEN {number}"
                  for name, field in schema["fields"].items()
                  for word, number in field.get("x-ranks", {}).items()]
        if "x-rank" in schema:
            parts.append(f"WHEN type = '{event_type}' THEN {schema['x-rank']}")
    return f"CASE {' '.join(parts)} ELSE {UNSAID} END"


def told_order(connection):
    """Makes `told_order`: what each source's `sequence`s mean, as numbers that order them."""
    rows = connection.execute(
        "SELECT DISTINCT source, told, told_as FROM recorded WHERE told IS NOT NULL").fetchall()
    sources = collections.defaultdict(lambda: collections.defaultdict(list))
    for source, told, told_as in rows:
        value = json.loads(told)
        if isinstance(value, str) and told_as != "Integer":
            key = (1, value.encode())
        else:
            key = (0, int(value))
        sources[source][key].append((told, told_as))
    lines = [(source, *one, number) for source, keys in sources.items()
             for number, key in enumerate(sorted(keys)) for one in keys[key]]
    connection.execute("CREATE OR REPLACE TEMP TABLE told_order "
                       "(source VARCHAR, told VARCHAR, told_as VARCHAR, number BIGINT)")
    if lines:
        connection.execute(
            "INSERT INTO told_order SELECT unnest(?), unnest(?), unnest(?), unnest(?)",
            [list(column) for column in zip(*lines)])


def place(connection, schemas):
    """Makes `placed`: each event's place, and its instant where that is the opening's."""
    run = connection.execute
    opening = names(t for t, schema in schemas.items() if schema.get("x-opens"))
    told_order(connection)
    run(f"""
        CREATE OR REPLACE TEMP TABLE sent AS
        WITH keyed AS (
            SELECT r.sequence, case_id, type, instant, fraction, r.source, number,
                ({rank(schemas)})::BIGINT * 4294967296 + r.sequence AS key
            FROM recorded r LEFT JOIN told_order t
                ON t.source = r.source AND t.told = r.told
                AND t.told_as IS NOT DISTINCT FROM r.told_as),
        waiting AS (
            SELECT sequence, max(key) OVER w AS reached, row_number() OVER w AS nth
            FROM keyed WHERE number IS NOT NULL
            WINDOW w AS (PARTITION BY case_id, instant, fraction, source ORDER BY number, key
                         ROWS UNBOUNDED PRECEDING))
        SELECT sequence, case_id, type, instant, fraction, source, number, key,
            row_number() OVER (PARTITION BY case_id
                ORDER BY instant, fraction, coalesce(reached, key), nth) AS place
        FROM keyed LEFT JOIN waiting USING (sequence)""")
    run(f"""
        CREATE OR REPLACE TEMP TABLE openings AS
        SELECT case_id, min(place) AS place, min(instant) AS instant,
            arg_min(struct_pack(fraction), place) AS o
        FROM sent WHERE type IN ({opening}) GROUP BY case_id""")
    # The opening's instant, where what stands before it is early, and the two minutes
    # before it. Among themselves the early ones stay; of one rank they come first, having come
    # earlier. The others wait for each other as ever, but not for them.
    run("""
        CREATE OR REPLACE TEMP TABLE early AS
        WITH near AS (
            SELECT s.sequence, case_id, s.place, opening.instant, o.fraction,
                (s.instant, s.fraction) < (opening.instant, o.fraction)
                    OR s.place < opening.place AS is_early,
                (s.key >> 32 << 33) + (s.key & 4294967295) + CASE WHEN is_early THEN 0
                    ELSE 4294967296 END AS key,
                CASE WHEN NOT is_early THEN s.source END AS queue,
                NOT is_early AND s.number IS NULL AS waits_for_nobody
            FROM sent s JOIN openings opening USING (case_id)
            WHERE (s.instant, s.fraction) <= (opening.instant, o.fraction)
                AND s.instant >= opening.instant - 120000)
        SELECT sequence, instant, fraction,
            CASE WHEN waits_for_nobody THEN key ELSE max(key) OVER (
                PARTITION BY case_id, is_early, queue, waits_for_nobody
                ORDER BY place ROWS UNBOUNDED PRECEDING) END AS reached
        FROM near WHERE case_id IN (SELECT case_id FROM near WHERE is_early)""")
    run(f"""
        CREATE OR REPLACE TEMP TABLE placed AS
        SELECT sequence, coalesce(e.instant, s.instant) AS instant,
            coalesce(e.fraction, s.fraction) AS fraction,
            type IN ({opening}) AND s.place > o.place AS is_none,
            row_number() OVER (PARTITION BY case_id
                ORDER BY coalesce(e.instant, s.instant), coalesce(e.fraction, s.fraction),
                    coalesce(e.reached, 0), s.place) AS place
        FROM sent s LEFT JOIN early e USING (sequence) LEFT JOIN openings o USING (case_id)""")


def states(schemas):
    """Each state's event types, by its name."""
    result = collections.defaultdict(list)
    for event_type, schema in schemas.items():
        for name, field in schema["fields"].items():
            if field.get("x-state") and "x-column" in field:
                result[name].append(event_type)
    return result


def merge(connection, schemas, state_types):
    """Makes `merged`: which rows belong to a change that an earlier row began."""
    run = connection.execute
    run("CREATE OR REPLACE TEMP TABLE merged (sequence BIGINT, beginning BIGINT, nth BIGINT)")
    if not state_types:
        return
    said = {name: f"CASE WHEN type IN ({names(types)}) THEN \"{name}\"::VARCHAR END"
            for name, types in state_types.items()}
    makers = [name for name in MAKERS
              if any("x-column" in s["fields"].get(name, {}) for s in schemas.values())]
    rows = run(f"""
        WITH told AS (
            SELECT sequence, case_id, type, p.instant, p.fraction, p.place, source,
                CASE WHEN NOT is_place THEN number END AS counted,
                {", ".join(f'{sql} AS "says_{name}"' for name, sql in said.items())},
                {", ".join(f'"{name}"' for name in makers)}
            FROM recorded JOIN placed p USING (sequence)
            JOIN (SELECT sequence, number FROM sent) USING (sequence)
            WHERE p.is_none IS NOT TRUE)
        SELECT case_id, type, instant, fraction, sequence, source, counted,
            [{", ".join(f'"says_{name}"' for name in said)}],
            [{", ".join(f'"{name}"' for name in makers)}]
        FROM told WHERE {" OR ".join(f'"says_{name}" IS NOT NULL' for name in said)}
        QUALIFY count(*) OVER (PARTITION BY case_id, type, instant, fraction) > 1
        ORDER BY case_id, type, instant, fraction, place""").fetchall()
    found, update, beginning, nth, taken, maker, order = [], None, None, 0, {}, {}, (None, None)
    for *own, sequence, source, counted, says, made in rows:
        says = {number: value for number, value in enumerate(says) if value is not None}
        made = {number: name for number, name in enumerate(made) if name}
        is_same_maker = all(maker.get(number, name) == name for number, name in made.items())
        is_same_state = all(taken.get(number, value) == value for number, value in says.items())
        # Two orders of one source are two changes; places of rows are none.
        is_parted = source == order[0] and None not in (counted, order[1]) and counted != order[1]
        if own == update and is_same_state and is_same_maker and not is_parted:
            nth += 1
            found.append((sequence, beginning, nth))
            taken, maker = taken | says, made | maker
        else:
            update, beginning, nth, taken, maker = own, sequence, 0, says, made
            order = source, counted
    if found:
        run("INSERT INTO merged SELECT unnest(?), unnest(?), unnest(?)",
            [list(column) for column in zip(*found)])


def repetitions(connection, schemas, state_types):
    """Makes `repeated`: the events whose states were so already, from the table `changes`."""
    run = connection.execute
    run("CREATE OR REPLACE TEMP TABLE repeated (sequence BIGINT)")
    parts = []
    for name, types in state_types.items():
        having = [t for t, s in schemas.items() if "x-column" in s["fields"].get(name, {})]
        parts.append(f"""
            SELECT case_id, place, sequence, '{name}' AS state, "{name}"::VARCHAR AS value,
                is_own, type IN ({names(types)}) AS is_state, false AS is_about
            FROM changes WHERE type IN ({names(having)}) AND "{name}" IS NOT NULL""")
        about = name.removeprefix("to_")
        others = [t for t, s in schemas.items() if "x-column" in s["fields"].get(about, {})]
        if about != name and others:
            parts.append(f"""
                SELECT case_id, place, sequence, '{name}', value, is_own, false, true
                FROM (
                    SELECT *, "{about}"::VARCHAR AS value, lag("{about}"::VARCHAR, 1, '') OVER (
                        PARTITION BY case_id ORDER BY place) AS was
                    FROM changes
                    WHERE is_own AND type IN ({names(others)}) AND "{about}" IS NOT NULL)
                WHERE "{name}" IS NULL AND value <> was""")
    if not parts:
        return
    # What is so is what was said last; a to_… only until its matter changes to something else.
    run(f"""
        INSERT INTO repeated
        WITH said AS ({" UNION ALL ".join(parts)}),
        walked AS (
            SELECT *,
                last_value(CASE WHEN is_own AND NOT is_about THEN value END IGNORE NULLS) OVER w
                    AS so,
                count(*) FILTER (is_own AND NOT is_about) OVER w AS since
            FROM said
            WINDOW w AS (PARTITION BY case_id, state ORDER BY place
                         ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)),
        known AS (
            SELECT *, coalesce(bool_or(is_about AND value <> so) OVER (
                PARTITION BY case_id, state, since ORDER BY place ROWS UNBOUNDED PRECEDING), false)
                AS is_forgotten
            FROM walked)
        SELECT sequence FROM known WHERE is_state GROUP BY sequence
        HAVING bool_and(nullif(value, '') IS NOT DISTINCT FROM
            CASE WHEN NOT is_forgotten THEN nullif(so, '') END)""")


def prepare(connection, schemas, fields):
    """Makes event_rows from `recorded`; `fields` are the columns' names."""
    run = connection.execute
    state_types = states(schemas)
    place(connection, schemas)
    merge(connection, schemas, state_types)
    # The first row of an update has what all of its rows say (arg_min passes over NULL).
    filled = ", ".join(f'arg_min("{name}", nth) AS "{name}"' for name in fields)
    values = ", ".join(f'coalesce(r."{name}", f."{name}") AS "{name}"' for name in fields)
    run(f"""
        CREATE OR REPLACE TEMP TABLE changes AS
        WITH filled AS (
            SELECT beginning AS sequence, {filled}
            FROM merged JOIN recorded USING (sequence) GROUP BY beginning)
        SELECT r.sequence, r.type, r.case_kind, r.subject, r.case_id, p.instant, p.fraction,
            p.place, m.sequence IS NOT NULL AS silent,
            starts_with(r.type::VARCHAR, r.case_kind || '.') AS is_own, {values}
        FROM recorded r JOIN placed p USING (sequence)
        LEFT JOIN filled f USING (sequence) LEFT JOIN merged m USING (sequence)
        WHERE p.is_none IS NOT TRUE""")
    repetitions(connection, schemas, state_types)
    run("""
        CREATE TABLE event_rows AS
        SELECT * EXCLUDE (is_own, silent), silent OR sequence IN (SELECT sequence FROM repeated)
                AS silent,
            local_time(instant) AS local
        FROM changes ORDER BY sequence""")
    for table in ("told_order", "sent", "openings", "early", "placed", "merged", "changes",
                  "repeated"):
        run(f"DROP TABLE {table}")
