"""Looks for texts in files, byte by byte, in every form in which they may hide: raw, UTF-16,
hexadecimal, base64 at three offsets and in both alphabets, escaped as in JSON; and all of that once
more in every zstd, gzip and zlib stream that begins anywhere. It knows nothing of what a store is.

    tools/markers --markers MARKERS.txt PATH…

MARKERS.txt has one text a line. Prints a line for every text in a file: the text's number, the form
and the file. Ends with 0 where none was found, with 1 where one was."""

import argparse
import base64
import os
import sys
import zlib

try:
    import zstandard
except ImportError:
    zstandard = None

# What a stream may unpack to at most, and how deep streams are looked for in streams.
MOST = 64 << 20
DEPTH = 2


def forms(text):
    """The forms of a text, by name."""
    raw = text.encode("utf-8")
    found = {
        "raw": raw,
        "utf-16-le": text.encode("utf-16-le"),
        "utf-16-be": text.encode("utf-16-be"),
        "hex": raw.hex().encode(),
        "HEX": raw.hex().upper().encode(),
        "escaped": "".join(
            c if ord(c) < 128 else "\\u%04x" % ord(c) for c in text).encode("ascii", "ignore"),
    }
    for shift in range(3):
        # Characters that hold bits of neighbours are left out at both ends.
        coded = base64.b64encode(b"\0" * shift + raw)
        first = {0: 0, 1: 2, 2: 3}[shift]
        last = len(coded) - {0: 0, 1: 3, 2: 2}[(shift + len(raw)) % 3]
        if (shift + len(raw)) % 3:
            last = (shift + len(raw)) * 8 // 6
        inner = coded[first:last]
        found[f"base64+{shift}"] = inner
        found[f"base64url+{shift}"] = inner.translate(bytes.maketrans(b"+/", b"-_"))
    return {name: form for name, form in found.items() if len(form) >= 6}


def streams(data):
    """What unpacks from every place where a stream may begin."""
    if zstandard is not None:
        yield from each(data, b"\x28\xb5\x2f\xfd", "zstd", unpack_zstd)
    yield from each(data, b"\x1f\x8b\x08", "gzip", lambda piece: unpack(piece, 31))
    for head in (b"\x78\x01", b"\x78\x9c", b"\x78\xda"):
        yield from each(data, head, "zlib", lambda piece: unpack(piece, 15))


def each(data, head, name, unpack):
    place = data.find(head)
    while place >= 0:
        out = unpack(data[place:place + MOST])
        if out:
            yield name, out
        place = data.find(head, place + 1)


def unpack_zstd(piece):
    stream = zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj()
    out = b""
    # In small pieces, so that what comes before a break is seen.
    for start in range(0, len(piece), 512):
        try:
            out += stream.decompress(piece[start:start + 512])
        except zstandard.ZstdError:
            break
        if stream.eof or len(out) > MOST:
            break
    return out


def unpack(piece, window):
    stream = zlib.decompressobj(window)
    out = b""
    for start in range(0, len(piece), 512):
        try:
            out += stream.decompress(piece[start:start + 512], 1 << 20)
        except zlib.error:
            break
        if stream.eof or len(out) > MOST:
            break
    return out


def look(data, wanted, path, inside, depth):
    for number, all_forms in enumerate(wanted):
        for name, form in all_forms.items():
            if form in data:
                yield number, inside + name, path
                break
    if depth == 0:
        return
    for name, out in streams(data):
        yield from look(out, wanted, path, f"{inside}{name}/", depth - 1)


def files(paths):
    for path in paths:
        if os.path.isdir(path):
            for folder, _, names in os.walk(path):
                for name in sorted(names):
                    yield os.path.join(folder, name)
        else:
            yield path


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--markers", required=True, help="a file with one text a line")
    parser.add_argument("paths", nargs="+")
    options = parser.parse_args()
    if zstandard is None:
        sys.exit("zstandard is missing: run tools/setup --tests")
    with open(options.markers, encoding="utf-8") as file:
        wanted = [forms(line.rstrip("\n")) for line in file if line.strip()]
    # The scanner finds what it looks for, or says nothing at all.
    selftest(wanted)
    found = set()
    for path in files(options.paths):
        name = os.path.basename(path)
        found.update(look(name.encode(), wanted, path, "name/", 0))
        with open(path, "rb") as file:
            found.update(look(file.read(), wanted, path, "", DEPTH))
    for number, form, path in sorted(found):
        print(f"{number}\t{form}\t{path}")
    sys.exit(1 if found else 0)


def selftest(wanted):
    for number, all_forms in enumerate(wanted):
        raw = all_forms["raw"]
        hiding = [
            raw, raw.decode().encode("utf-16-le"), raw.hex().encode(),
            zlib.compress(b"x" * 99 + raw), zstandard.compress(b"y" * 99 + raw),
            *(base64.b64encode(b"abc"[:shift] + raw + b"defg") for shift in range(3)),
            *(base64.urlsafe_b64encode(b"abc"[:shift] + raw) for shift in range(3)),
        ]
        for place, data in enumerate(hiding):
            if not any(hit[0] == number for hit in look(data, wanted, "", "", 1)):
                sys.exit(f"the scanner does not find its own marker {number} in form {place}")


if __name__ == "__main__":
    main()
