"""What is handed over: tables of rows, each with the mapping that reads it."""

import csv
import dataclasses
import gzip
import hashlib
import pathlib
import re

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
DATA = ROOT.parent / "shared" / "data"


@dataclasses.dataclass
class Table:
    """One export: lines of a CSV file, none of which goes on in the next.

    `mapping` is a shipped mapping's name or a file's path. `case` and `time` give a line's case and
    something that orders the lines of one case by time.
    """
    name: str
    mapping: str
    header: bytes
    rows: list
    case: object
    time: object


@dataclasses.dataclass
class Feed:
    """Tables that tell of the same cases, and what may be done to them.

    - `period`: holds everything that they tell.
    - `keeps_order`: the rows of a case are told oldest first and in one file, since the mapping asks
      what the file said before (`previous`).
    - `counts_equals`: equal lines are so many events (`repeats: count`), so they stay in one file.
    """
    name: str
    period: str
    tables: list
    zone: str = "UTC"
    keeps_order: bool = False
    counts_equals: bool = False

    def sample(self, one_in):
        """The same feed with the rows of one case in so many, chosen by the case's digest."""
        if one_in == 1:
            return self

        def stays(case):
            return hashlib.sha256(case.encode()).digest()[0] * one_in < 256

        return dataclasses.replace(self, tables=[
            dataclasses.replace(table, rows=[row for row in table.rows if stays(table.case(row))])
            for table in self.tables])


def column(header, name):
    """The field of that name of a line."""
    place = next(csv.reader([header.decode()])).index(name)
    if place == 0:
        return lambda row: row.split(b",", 1)[0].decode()
    return lambda row: next(csv.reader([row.decode()]))[place]


def day_first(text):
    """`d/M/yyyy HH:mm` as numbers, the year first."""
    day, month, year, hour, minute = map(int, re.findall(r"\d+", text))
    return year, month, day, hour, minute


@dataclasses.dataclass
class RealFile:
    """A public file and the shipped mapping that reads it; `one_in` makes the usual run's sample."""
    mapping: str
    file: str
    period: str
    case: str
    time: str
    read_time: object = str
    one_in: int = 1
    keeps_order: bool = False
    counts_equals: bool = False

    def feed(self):
        path = DATA / self.file
        text = path.read_bytes()
        text = gzip.decompress(text) if path.suffix == ".gz" else text
        lines = text.rstrip(b"\r\n").split(b"\n")
        header, rows = lines[0].rstrip(b"\r"), lines[1:]
        if any(row.count(b'"') % 2 for row in rows):
            raise SystemExit(f"tools/permute: a row of {path} goes over several lines.")
        time = column(header, self.time)
        table = Table(
            self.mapping, self.mapping, header, rows, column(header, self.case),
            lambda row: self.read_time(time(row)))
        return Feed(
            self.mapping, self.period, [table], keeps_order=self.keeps_order,
            counts_equals=self.counts_equals)


REAL = [
    RealFile("calls", "pwc-calls/calls.csv", "2021-Q1", "Call Id", "Call Id"),
    RealFile("nps", "nps-bank/nps.csv", "2021", "ID", "ID"),
    RealFile("telco", "telco-churn/telco-churn.csv", "2012..2018", "customerID", "customerID"),
    RealFile(
        "helpdesk", "helpdesk/helpdesk.csv.gz", "2010..2014", "Case ID", "Complete Timestamp",
        one_in=4, keeps_order=True, counts_equals=True),
    RealFile(
        "servicenow", "servicenow-incidents/incident_event_log.csv.gz", "2016-01..2017-03",
        "number", "sys_updated_at", read_time=day_first, one_in=12),
]
