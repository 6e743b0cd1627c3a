#!/usr/bin/env python3
"""Makes good and bad events of every type from Schemas/events and judges them with PyPI jsonschema.

    events.py SEED COUNT_PER_TYPE > expectations.ndjson

One line each: {"line": the event's line, "valid": true or false, "what": how it was made}. Whether
an event is good is for jsonschema alone to say; this file only makes events that come close to
every bound. The same seed gives the same lines. Needs jsonschema and rfc3339-validator.

Where Rekam and JSON Schema differ by design, no event is made (see KNOWN_DIFFERENCES):
what JSON Schema cannot see, or what one of the two says more strictly than the other.
"""

import json
import pathlib
import random
import re
import sys
import unicodedata

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "Schemas" / "events"

KNOWN_DIFFERENCES = """
Rekam refuses, JSON Schema cannot see:
- a key that stands twice in one object (a parsed document has lost one of them)
- an entry longer than 65,535 bytes, a line longer than 1 MiB, more than 512 keys
- half a surrogate pair and U+0000 in any text
- integers written so that IEEE 754 rounds them (9007199254740991.4): Python and Rekam round alike,
  but jsonschema's bounds compare whole numbers exactly
- the log's own types in input (x-logs-own); the test admits them as the log does
- an attribute that begins with rekam, which cloudevent.json says as a pattern of names
- years 0000, and times whose offset leads outside the years 0001 to 9999
Rekam takes, JSON Schema's date-time (RFC 3339 by rfc3339-validator) does not:
- a leap second (23:59:60 UTC at the end of a June or December), read as the last nanosecond of its minute
- a space for the T, which RFC 3339 allows in its note
Python's regular expressions only:
- "$" also matches before a line feed at the end of a text
"""

CONTROL = ["\u0001", "\n", "\t", "\u007f", "\u0085", "\u009f"]
TEXTS = ["", "x", "Budi Santoso", "Évènement", "工单", "😀", "a\"b\\c/d", "a\u00a0b", "a\u2028b", "tab\there"]
BIG = 2**53 - 1


def text_of(rng, length):
    """A text without blanks at its ends, which would be trimmed."""
    letters = ["a", "é", "工", "😀", "\"", "\\", " "]
    return "".join(rng.choice(letters[:6] if place in (0, length - 1) else letters)
                   for place in range(length))


def good_value(rng, field):
    if "enum" in field:
        return rng.choice(field["enum"])
    if field.get("format") == "date":
        year = rng.choice([1, 1900, 1970, 2000, 2024, 2025, 9999])
        month = rng.randint(1, 12)
        day = rng.randint(1, 28)
        return f"{year:04}-{month:02}-{day:02}"
    kind = field["type"]
    if kind == "boolean":
        return rng.choice([True, False])
    if kind == "integer":
        low, high = field["minimum"], field["maximum"]
        return rng.choice([low, high, max(low, 0), min(high, max(low, 1)), rng.randint(low, high)])
    low, high = field.get("minLength", 0), field.get("maxLength", 300)
    fits = [t for t in TEXTS if low <= len(t) <= high]
    fits.append(text_of(rng, low))
    fits.append(text_of(rng, min(high, 400)))
    return rng.choice(fits)


def near_value(rng, field):
    """A value at or just beyond the field's bounds, or of another kind."""
    choices = [None, True, False, 0, 1, -1, 0.5, "", "x", [], {}, ["x"], {"a": 1}, BIG, -BIG]
    if "enum" in field:
        word = rng.choice(field["enum"])
        choices += [word + "x", word.upper(), word[:-1], " " + word, word]
    elif field.get("format") == "date":
        choices += ["2025-02-29", "2024-02-29", "1900-02-29", "2000-02-29", "2025-13-01", "2025-00-01",
                    "2025-04-31", "2025-4-30", "20250430", "2025-04-30T", "٢٠٢٥-04-30", "2025-W14-1",
                    "0000-01-01", "0001-01-01", "9999-12-31", "10000-01-01"]
    elif field["type"] == "integer":
        low, high = field["minimum"], field["maximum"]
        choices += [low, low - 1, high, high + 1, float(min(max(low, 3), high)), "5", BIG + 1, -BIG - 1,
                    2**63 - 1, 2**63, 2**64, -2**63 - 1, 1.5e3, 1e2, 1e300, 1e-3]
    elif field["type"] == "boolean":
        choices += ["true", 0, 1]
    else:
        low, high = field.get("minLength", 0), field.get("maxLength", 300)
        choices += [text_of(rng, max(0, low - 1)), text_of(rng, low), text_of(rng, high),
                    text_of(rng, high + 1), "\n", "\u0001"]
    return rng.choice(choices)


def good_subject(rng, schema):
    pattern = schema["properties"]["subject"]["pattern"]
    kinds = [k for k in ["agent/", "call/", "customer/", "department/", "respondent/", "team/", "ticket/", "log/",
                         "company"]
             if re.search(pattern, k + ("1" if k.endswith("/") else ""))]
    kind = rng.choice(kinds)
    if not kind.endswith("/"):
        return kind
    return kind + rng.choice(["1", "20931", "a/b", "É", "😀", "x" * (256 - len(kind)), "\"", "a b"])


def good_time(rng):
    fraction = rng.choice(["", ".0", ".123", ".123456789", ".9"])
    zone = rng.choice(["Z", "z", "+00:00", "-00:00", "+07:00", "-11:30", "+23:59"])
    month, day = rng.randint(1, 12), rng.randint(1, 28)
    year = rng.choice([2, 1969, 1970, 2000, 2024, 2025, 9998])
    letter = rng.choice("TTTt")
    return (f"{year:04}-{month:02}-{day:02}{letter}{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:"
            f"{rng.randint(0, 59):02}{fraction}{zone}")


TIMES = ["2025-02-29T00:00:00Z", "2024-02-29T00:00:00Z", "2025-07-14T24:00:00Z", "2025-07-14T00:60:00Z",
         "2025-07-14T00:00:61Z", "2025-07-14T00:00:00", "2025-07-14", "2025-07-14T00:00Z",
         "2025-07-14T00:00:00+7:00", "2025-07-14T00:00:00+0700", "2025-07-14T00:00:00+24:00",
         "2025-07-14T00:00:00+07:60", "2025-07-14T00:00:00.Z", "2025-07-14T00:00:00,5Z",
         "2025-13-14T00:00:00Z", "2025-00-14T00:00:00Z", "2025-07-32T00:00:00Z", "", "now", 5, None, True,
         "٢٠٢٥-07-14T00:00:00Z", "2025-07-14T00:00:00ZZ", " 2025-07-14T00:00:00Z",
         "2025-07-14T00:00:00Z ", "02025-07-14T00:00:00Z", "2025-7-14T00:00:00Z"]


def good_event(rng, schema, number):
    data_schema = schema["properties"]["data"]
    fields = data_schema["properties"]
    required = data_schema.get("required", [])
    names = [n for n in fields if n in required or rng.random() < 0.5]
    for name, others in data_schema.get("dependentRequired", {}).items():
        if name in names:
            names += [o for o in others if o not in names]
    rng.shuffle(names)
    event = {
        "specversion": "1.0",
        "id": rng.choice([str(number), text_of(rng, rng.randint(1, 256)), "😀" * 256]),
        "source": rng.choice(["desk", "https://example.org/a?b=c", text_of(rng, rng.randint(1, 256))]),
        "type": schema["properties"]["type"]["const"],
        "subject": good_subject(rng, schema),
        "time": good_time(rng),
        "data": {name: good_value(rng, fields[name]) for name in names},
    }
    if rng.random() < 0.3:
        for name in rng.sample(["dataschema", "datacontenttype", "traceparent", "sequence", "recordedtime",
                                "partitionkey", "rank", "zone", "a1", "0"], 2):
            event[name] = rng.choice(["x", "", 5, -BIG, BIG, True, False, "application/json", "\"é\""])
    keys = list(event)
    if rng.random() < 0.5:
        rng.shuffle(keys)
    # The order of a source is a text of its own length, or a number.
    if isinstance(event.get("sequence"), bool) or event.get("sequence") == "":
        event["sequence"] = "007"
    return {key: event[key] for key in keys}


def spoil(rng, event, schema):
    """Changes one thing, which may or may not make the event a bad one; returns what."""
    data_schema = schema["properties"]["data"]
    fields = data_schema["properties"]
    data = event["data"]
    way = rng.randrange(12)
    if way <= 4:
        name = rng.choice(list(fields))
        data[name] = near_value(rng, fields[name])
        return f"data.{name} changed"
    if way == 5 and data:
        name = rng.choice(list(data))
        del data[name]
        return f"data.{name} left out"
    if way == 6:
        name = rng.choice(["agnt", "Agent", "x", "", "sequence", "data", rng.choice(list(fields)) + "s"])
        data[name] = rng.choice(["x", 1, True])
        return f"data.{name} added"
    if way == 7:
        name = rng.choice(["specversion", "id", "source", "type", "subject", "time", "data"])
        event.pop(name, None)
        return f"{name} left out"
    if way == 8:
        name = rng.choice(["id", "source", "subject"])
        kind = event["subject"].split("/")[0] + "/"
        prefix = kind if name == "subject" else ""
        event[name] = rng.choice([
            "", None, 5, True, [], {}, prefix + text_of(rng, 256 - len(prefix)),
            prefix + text_of(rng, 257 - len(prefix)), prefix + rng.choice(CONTROL) + "x",
            prefix + "x\u00a0y"])
        return f"{name} changed"
    if way == 9:
        event["subject"] = rng.choice([
            "ticket/1", "call/1", "customer/1", "agent/1", "respondent/1", "team/1", "company",
            "log/definitions", "log", "log/", "ticket", "ticket/", "Ticket/1", "tickets/1", "company/1",
            "/1", "/", "x", "companyx", " ticket/1"])
        return "subject changed"
    if way == 10:
        event["time"] = rng.choice(TIMES)
        return "time changed"
    name, value = rng.choice([
        ("specversion", "0.3"), ("specversion", "1"), ("specversion", 1.0), ("specversion", None),
        ("specversion", "1.0 "), ("type", "ticket.open"), ("type", ""), ("type", 5), ("data", []),
        ("data", None), ("data", "x"), ("data", {}), ("sequence", 1), ("sequence", None),
        ("recordedtime", "2025-07-14T00:00:00.000Z"), ("Rank", 1), ("rank-1", 1), ("rank_1", 1), ("", 1),
        ("é", 1), ("rank", None), ("rank", 0.5), ("rank", 2.0), ("rank", [1]), ("rank", {"a": 1}),
        ("rank", BIG + 1), ("rank", -BIG - 1), ("rank", 2**70), ("rank", "a\nb"), ("rank", "\u0085x"),
        ("rank", ""), ("data_base64", "eA=="), ("rekamtime", "2025-07-14T00:00:00.000Z"), ("rekamposition", 1),
        ("rekamx", "x"), ("rekam", None)])
    event[name] = value
    return f"{name} changed"


def is_known_difference(event):
    """Whether Rekam and JSON Schema differ on this event by design."""
    time = event.get("time")
    if isinstance(time, str) and (time.startswith("0000") or ":60" in time[17:20] and time[17:19] == "60"):
        return True
    texts = [v for v in list(event.values()) + list((event.get("data") or {}).values()
             if isinstance(event.get("data"), dict) else []) if isinstance(v, str)]
    return any(text.endswith("\n") for text in texts)


ENDS = ("\t\n\x0b\x0c\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028"
        "\u2029\u202f\u205f\u3000\u00ad\u200b\u200c\u200d\ufeff\u061c\u180e\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
        + "".join(map(chr, range(0x2060, 0x2070))))


def normal(event):
    """An event as it is judged: null is unset; the texts of subject and data are NFC without blank ends,
    also behind a subject's slash."""
    def text(value):
        return unicodedata.normalize("NFC", value).strip(ENDS) if isinstance(value, str) else value
    event = {key: value for key, value in event.items() if value is not None}
    if "subject" in event:
        event["subject"] = text(event["subject"])
        if isinstance(event["subject"], str):
            kind, slash, name = event["subject"].partition("/")
            event["subject"] = kind + slash + text(name)
    if isinstance(event.get("data"), dict):
        event["data"] = {key: text(value) for key, value in event["data"].items() if value is not None}
    return event


def line_of(rng, event):
    """One of the ways to write an event."""
    separators = rng.choice([(",", ":"), (", ", ": ")])
    line = json.dumps(event, ensure_ascii=rng.random() < 0.3, separators=separators)
    return line if rng.random() < 0.9 else " " + line + "\t"


def main():
    seed, count = int(sys.argv[1]), int(sys.argv[2])
    rng = random.Random(seed)
    envelope = json.loads((FOLDER / "cloudevent.json").read_text(encoding="utf-8"))
    registry = Registry().with_resource("cloudevent.json", Resource.from_contents(envelope))
    checker = Draft202012Validator.FORMAT_CHECKER
    assert "date-time" in checker.checkers, "rfc3339-validator is missing"
    schemas = {}
    for path in sorted(FOLDER.glob("*.json")):
        if path.name == "cloudevent.json":
            continue
        schema = json.loads(path.read_text(encoding="utf-8"))
        Draft202012Validator.check_schema(schema)
        schemas[path.stem] = (schema, Draft202012Validator(
            schema, registry=registry, format_checker=checker))
    for name, (schema, validator) in schemas.items():
        for number in range(count):
            event = good_event(rng, schema, number)
            what = f"{name} {number}: good"
            if number % 3:
                what = f"{name} {number}: " + spoil(rng, event, schema)
                if rng.random() < 0.1:
                    what += ", " + (spoil(rng, event, schema) if isinstance(event.get("data"), dict)
                                    and isinstance(event.get("subject"), str) else "nothing")
            if is_known_difference(event):
                continue
            line = line_of(rng, event)
            # Judged as it is read back: 1e2 is a float in Python only once it is written.
            errors = [e.message[:120] for e in validator.iter_errors(normal(json.loads(line)))]
            print(json.dumps({"line": line, "valid": not errors, "what": what,
                              "why": errors[0] if errors else "", "own": bool(schema.get("x-logs-own"))}))


if __name__ == "__main__":
    main()
