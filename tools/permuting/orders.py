"""The orders in which the rows of a feed can be handed over."""

import collections
import dataclasses
import itertools


@dataclasses.dataclass
class Part:
    """A file to ingest: rows of one table."""
    table: object
    rows: list


# MARK: How the rows of a table stand

def as_they_are(feed, table, random):
    return table.rows


def reversed_rows(feed, table, random):
    return table.rows[::-1]


def newest_first(feed, table, random):
    return sorted(table.rows, key=table.time, reverse=True)


def oldest_first(feed, table, random):
    return sorted(table.rows, key=table.time)


def shuffled(feed, table, random):
    rows = table.rows[:]
    random.shuffle(rows)
    return rows


def cases_shuffled(feed, table, random):
    """The cases in any order, the rows of each as they stood."""
    cases = collections.defaultdict(list)
    for row in table.rows:
        cases[table.case(row)].append(row)
    names = sorted(cases)
    random.shuffle(names)
    return [row for name in names for row in cases[name]]


# MARK: Where a table is cut

def whole(feed, table, rows, random):
    return [rows]


def between(rows, cuts):
    places = [0, *sorted(cuts), len(rows)]
    return [rows[first:last] for first, last in itertools.pairwise(places) if first < last]


def contiguous(feed, table, rows, random):
    """Up to seven pieces."""
    return between(rows, random.sample(range(len(rows)), min(len(rows), random.randint(1, 6))))


def round_robin(feed, table, rows, random):
    """Each piece takes every third or so: no case is in one of them."""
    count = random.randint(2, 4)
    return [rows[place::count] for place in range(count)]


def inside_instants(feed, table, rows, random):
    """Pieces that part rows of one case and one instant, where there are such."""
    keys = [(table.case(row), table.time(row)) for row in rows]
    places = [place for place in range(1, len(rows)) if keys[place - 1] == keys[place]]
    if not places:
        return contiguous(feed, table, rows, random)
    return between(rows, random.sample(places, min(len(places), 6)))


def one_instant_apart(feed, table, rows, random):
    """Two pieces: of every case and instant one has the first rows, the other the rest."""
    counts = collections.Counter()
    parts = ([], [])
    for row in rows:
        key = table.case(row), table.time(row)
        parts[counts[key] % 2].append(row)
        counts[key] += 1
    return [part for part in parts if part]


def overlapping(feed, table, rows, random):
    """Contiguous pieces, each with much of its neighbours."""
    pieces = contiguous(feed, table, rows, random)
    ends = list(itertools.accumulate(map(len, pieces)))
    starts = [0, *ends[:-1]]
    result = []
    for first, last in zip(starts, ends):
        more = (last - first) // 2 + 1
        result.append(rows[max(0, first - random.randint(0, more)):last + random.randint(0, more)])
    return result


def by_case(feed, table, rows, random):
    """Pieces that have all rows of a case."""
    count = random.randint(2, 5)
    place = {}
    parts = [[] for _ in range(count)]
    for row in rows:
        case = table.case(row)
        parts[place.setdefault(case, random.randrange(count))].append(row)
    return [part for part in parts if part]


# MARK: Orders

ROWS = [as_they_are, reversed_rows, newest_first, oldest_first, shuffled, cases_shuffled]
CUTS = [whole, contiguous, round_robin, inside_instants, one_instant_apart, overlapping, by_case]

# What the usual run tries: every way to cut, and every way in which rows may stand.
USUAL = [
    (reversed_rows, whole), (as_they_are, contiguous), (newest_first, inside_instants),
    (cases_shuffled, overlapping), (shuffled, round_robin),
]
# Where a mapping asks what its file said before: a case's rows oldest first, in one file.
ORDERED_ROWS = [as_they_are, oldest_first, cases_shuffled]
ORDERED_USUAL = [
    (cases_shuffled, whole), (as_they_are, by_case), (oldest_first, by_case),
    (cases_shuffled, by_case), (oldest_first, whole),
]


def together(parts, table):
    """The same pieces, but each row that stands several times is so often in its first piece alone."""
    first, extra = {}, collections.Counter()
    for number, part in enumerate(parts):
        for row in part:
            if first.setdefault(row, number) != number:
                extra[row] += 1
    if not extra:
        return parts
    result = []
    for number, part in enumerate(parts):
        rows = []
        for row in part:
            if first[row] == number:
                rows.append(row)
                rows += [row] * extra.pop(row, 0)
        result.append(rows)
    return [part for part in result if part]


def order(feed, number, random):
    """The order of a number from 0, as (its name, parts). The first five are the usual run's."""
    usual = ORDERED_USUAL if feed.keeps_order else USUAL
    stand, cut = (
        usual[number] if number < len(usual)
        else (random.choice(ORDERED_ROWS if feed.keeps_order else ROWS),
              random.choice([whole, by_case] if feed.keeps_order else CUTS)))
    parts = []
    for table in feed.tables:
        rows = stand(feed, table, random)
        pieces = cut(feed, table, rows, random)
        if feed.counts_equals and cut is not overlapping:
            pieces = together(pieces, table)
        parts += [Part(table, piece) for piece in pieces]
    random.shuffle(parts)
    return f"{stand.__name__}, {cut.__name__}".replace("_", " "), parts


def file_orders(feed):
    """The whole files in every order of them, without the one that they come in."""
    for tables in itertools.islice(itertools.permutations(feed.tables), 1, None):
        names = " ".join(table.name for table in tables)
        yield f"files: {names}", [Part(table, table.rows) for table in tables]
