"""The shipped calendars, written down a second time, and their open hours minute by minute in SQL.

Every shipped calendar changes between open and closed at whole minutes, and so do the zones' clocks
since 1970. The open time before an instant is then that before its minute plus, where the minute is
open, the rest: a look-up by equality, and nothing of how Rekam goes about it.
"""

import datetime

NATIONAL = """
    2025: 01-01 01-27 01-29 03-29 03-31 04-01 04-18 04-20 05-01 05-12 05-29 06-01 06-06 06-27 08-17
          09-05 12-25
    2026: 01-01 01-16 02-17 03-19 03-21 03-22 04-03 04-05 05-01 05-14 05-27 05-31 06-01 06-16 08-17
          08-25 12-25
"""
JOINT = """
    2025: 01-28 03-28 04-02 04-03 04-04 04-07 05-13 05-30 06-09 08-18 12-26
    2026: 02-16 03-18 03-20 03-23 03-24 05-15 05-28 12-24
"""


def days(text):
    """The dates of such a list."""
    result, year = set(), ""
    for word in text.split():
        if word.endswith(":"):
            year = word[:-1]
        else:
            result.add(datetime.date.fromisoformat(f"{year}-{word}"))
    return result


class Calendar:
    """Names, zone, minutes of the day by ISO weekday, and dates without hours."""

    def __init__(self, names, zone, hours, closed=frozenset()):
        self.names, self.zone, self.hours, self.closed = names, zone, hours, closed

    def stretches(self, first, last):
        """Open stretches of local time that begin on these days, in order, those that meet joined."""
        found = []
        day = first
        while day <= last:
            if day not in self.closed:
                midnight = datetime.datetime.combine(day, datetime.time())
                for start, end in self.hours.get(day.isoweekday(), ()):
                    found.append([midnight + datetime.timedelta(minutes=start),
                                  midnight + datetime.timedelta(minutes=end)])
            day += datetime.timedelta(days=1)
        merged = []
        for start, end in sorted(found):
            if merged and start <= merged[-1][1]:
                merged[-1][1] = max(merged[-1][1], end)
            else:
                merged.append([start, end])
        return merged


OFFICE = {weekday: [(8 * 60, 12 * 60), (13 * 60, 17 * 60)] for weekday in range(1, 6)}
SHIPPED = [
    Calendar(["indonesia", "jam-kerja"], "Asia/Jakarta", OFFICE, days(NATIONAL)),
    Calendar(["indonesia_joint_leave"], "Asia/Jakarta", OFFICE, days(NATIONAL) | days(JOINT)),
    Calendar(["always_open", "24x7", "24/7", "siaga-24-jam"], "UTC",
             {weekday: [(0, 1440)] for weekday in range(1, 8)}),
]


def standard(zone):
    """The name of the calendar that `init` gives a store of this zone."""
    return next((c.names[0] for c in SHIPPED if c.zone == zone or (zone == 420 and
                 c.zone == "Asia/Jakarta")), "always_open")


def prepare(connection, zone, calendars=None, store=None):
    """Makes `open_minutes`, `calendar_names` and the macros that queries ask:

    calendar_of(name)          the calendar that an event's field means; NULL for the wall clock
    open_time(name, a, b)      its open milliseconds between two instants; the wall clock's for NULL
    business(a, b)             those of the store's own calendar
    """
    calendars = calendars or SHIPPED
    store = store or standard(zone)
    run = connection.execute
    earliest, latest = run("SELECT coalesce(min(instant), 0), coalesce(max(instant), 0) "
                           "FROM event_rows").fetchone()
    day = datetime.timedelta(days=1)
    epoch = datetime.datetime(1970, 1, 1)
    first = (epoch + datetime.timedelta(milliseconds=earliest)).date() - 3 * day
    last = (epoch + datetime.timedelta(milliseconds=latest)).date() + 3 * day
    run("CREATE OR REPLACE TEMP TABLE calendar_names (name VARCHAR, calendar VARCHAR)")
    run("CREATE OR REPLACE TEMP TABLE stretches "
        "(calendar VARCHAR, zone VARCHAR, starts TIMESTAMP, ends TIMESTAMP)")
    for calendar in calendars:
        run("INSERT INTO calendar_names SELECT unnest(?), ?", [calendar.names, calendar.names[0]])
        found = calendar.stretches(first, last)
        run("INSERT INTO stretches SELECT ?, ?, unnest(?), unnest(?)",
            [calendar.names[0], calendar.zone, [s for s, _ in found], [e for _, e in found]])
    # Clocks change at quarters of an hour at most, so that a zone is asked once for each.
    run(f"""
        CREATE OR REPLACE TEMP TABLE open_minutes AS
        WITH quarters AS (
            SELECT unnest(generate_series({earliest // 900000 - 96}, {latest // 900000 + 96}))
                AS quarter),
        ahead AS (
            SELECT zone, quarter, epoch(make_timestamp(quarter * 900000000) AT TIME ZONE 'UTC'
                AT TIME ZONE zone)::BIGINT // 60 - quarter * 15 AS ahead
            FROM quarters CROSS JOIN (SELECT DISTINCT zone FROM stretches)),
        minutes AS (
            SELECT calendar, zone, quarter * 15 + unnest(range(15)) AS minute, quarter
            FROM quarters CROSS JOIN (SELECT DISTINCT calendar, zone FROM stretches)),
        open_local AS (
            SELECT calendar, unnest(range(epoch(starts)::BIGINT // 60, epoch(ends)::BIGINT // 60))
                AS clock
            FROM stretches),
        known AS (
            SELECT m.calendar, m.minute, (o.clock IS NOT NULL)::BIGINT AS is_open
            FROM minutes m JOIN ahead USING (zone, quarter)
            LEFT JOIN open_local o ON o.calendar = m.calendar AND o.clock = m.minute + ahead)
        SELECT calendar, minute, is_open,
            (60000 * (sum(is_open) OVER (PARTITION BY calendar ORDER BY minute) - is_open))::BIGINT
                AS before
        FROM known""")
    run(f"""
        CREATE OR REPLACE TEMP MACRO calendar_of(called) AS
            CASE WHEN coalesce(called, '') <> '' THEN
                coalesce((SELECT any_value(n.calendar) FROM calendar_names n WHERE n.name = called),
                    '{store}') END""")
    run("""
        CREATE OR REPLACE TEMP MACRO open_before(wanted, moment) AS
            (SELECT any_value(m.before + (moment % 60000) * m.is_open) FROM open_minutes m
             WHERE m.calendar = wanted AND m.minute = moment // 60000)""")
    run("""
        CREATE OR REPLACE TEMP MACRO open_time(wanted, a, b) AS
            CASE WHEN wanted IS NULL THEN b - a
            ELSE open_before(wanted, b) - open_before(wanted, a) END""")
    run(f"CREATE OR REPLACE TEMP MACRO business(a, b) AS open_time('{store}', a, b)")
