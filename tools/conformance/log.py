#!/usr/bin/env python3
"""Checks a log's static files and proofs with nothing of Rekam's: PyPI pymerkle and openssl.

    log.py FOLDER --key VKEY [--inclusion FILE]... [--consistency FILE --earlier CHECKPOINT]...

FOLDER is what `rekam log export-tiles` wrote. Every entry of the bundles goes into a tree of
pymerkle's; its root must be the checkpoint's, every tile must hold its subtree hashes, each
tlog-proof must verify for its entry, each consistency proof must be the one RFC 6962 defines over
hashes that pymerkle computes. Signatures are checked with openssl. Prints what was checked; ends
with 1 at the first thing that does not hold.
"""

import argparse
import base64
import hashlib
import pathlib
import subprocess
import sys
import tempfile

from pymerkle import InmemoryTree, verify_consistency, verify_inclusion


def must(holds, what):
    if not holds:
        sys.exit(f"does not hold: {what}")


def root_of(entries):
    """MTH(entries) of RFC 6962, by pymerkle."""
    tree = InmemoryTree(algorithm="sha256")
    for entry in entries:
        tree.append_entry(entry)
    return tree.get_root()


def opened(note, key):
    """The text of a signed note, once openssl has accepted its signature by the key."""
    name, identifier, encoded = key.split("+", 2)
    raw = base64.b64decode(encoded, validate=True)
    must(raw[0] == 1 and len(raw) == 33, "the key is an Ed25519 verifier key")
    digest = hashlib.sha256(name.encode() + b"\n" + raw).digest()
    must(digest[:4].hex() == identifier, "the key's id is that of name and key")
    text, signatures = note.rsplit("\n\n", 1)
    text += "\n"
    found = False
    for line in signatures.splitlines():
        dash, signer, blob = line.split(" ")
        must(dash == "\u2014", "a signature line begins with a dash")
        blob = base64.b64decode(blob, validate=True)
        if signer != name or blob[:4] != digest[:4]:
            continue
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            public = bytes.fromhex("302a300506032b6570032100") + raw[1:]
            (folder / "key").write_bytes(public)
            (folder / "text").write_text(text, encoding="utf-8")
            (folder / "signature").write_bytes(blob[4:])
            run = subprocess.run(
                ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey",
                 folder / "key", "-rawin", "-in", folder / "text", "-sigfile",
                 folder / "signature"], capture_output=True)
        must(run.returncode == 0, "openssl accepts the signature")
        found = True
    must(found, "the note is signed by the key")
    return text


def checkpoint_of(text, key):
    origin, size, root = text.splitlines()[:3]
    must(origin == key.split("+", 1)[0], "the origin is the key's name")
    must(str(int(size)) == size, "the size has one form")
    return int(size), base64.b64decode(root, validate=True)


def tile_path(level, index, width):
    parts = [f"{index % 1000:03}"]
    while index >= 1000:
        index //= 1000
        parts.insert(0, f"x{index % 1000:03}")
    return f"tile/{level}/" + "/".join(parts) + (f".p/{width}" if width < 256 else "")


def entries_of(folder, size):
    entries = []
    for start in range(0, size, 256):
        width = min(256, size - start)
        data = (folder / tile_path("entries", start // 256, width)).read_bytes()
        for _ in range(width):
            length = int.from_bytes(data[:2], "big")
            entries.append(data[2:2 + length])
            data = data[2 + length:]
        must(data == b"", "a bundle holds its entries and nothing else")
    return entries


def check_tiles(folder, entries):
    """Every tile of every level holds the subtree hashes that pymerkle computes."""
    level, hashes, tiles = 0, [root_of([entry]) for entry in entries], 0
    while hashes:
        for start in range(0, len(hashes), 256):
            part = hashes[start:start + 256]
            data = (folder / tile_path(level, start // 256, len(part))).read_bytes()
            must(data == b"".join(part), f"tile {level}/{start // 256}")
            tiles += 1
        level += 1
        span = 256 ** level
        hashes = [
            root_of(entries[start:start + span])
            for start in range(0, len(entries) - span + 1, span)
        ]
    return tiles


def consistency(m, entries, whole=True):
    """PROOF and SUBPROOF of RFC 6962, 2.1.2, word for word."""
    n = len(entries)
    if m == n:
        return [] if whole else [root_of(entries)]
    k = 1
    while k * 2 < n:
        k *= 2
    if m <= k:
        return consistency(m, entries[:k], whole) + [root_of(entries[k:])]
    return consistency(m - k, entries[k:], False) + [root_of(entries[:k])]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--key", required=True)
    parser.add_argument("--inclusion", type=pathlib.Path, action="append", default=[])
    parser.add_argument("--consistency", type=pathlib.Path, action="append", default=[])
    parser.add_argument("--earlier", type=pathlib.Path, action="append", default=[])
    given = parser.parse_args()

    note = (given.folder / "checkpoint").read_text(encoding="utf-8")
    size, root = checkpoint_of(opened(note, given.key), given.key)
    entries = entries_of(given.folder, size)
    tree = InmemoryTree(algorithm="sha256")
    for entry in entries:
        tree.append_entry(entry)
    must(tree.get_root(size) == root, "the entries give the checkpoint's root")
    print(f"root of {size} entries")
    print(f"{check_tiles(given.folder, entries)} tiles")

    for path in given.inclusion:
        head, signed = path.read_text(encoding="utf-8").split("\n\n", 1)
        lines = head.splitlines()
        must(lines[0] == "c2sp.org/tlog-proof@v1", "a tlog-proof says so")
        index = int(lines[1].removeprefix("index "))
        within, root = checkpoint_of(opened(signed, given.key), given.key)
        path_hashes = [base64.b64decode(line, validate=True) for line in lines[2:]]
        proof = tree.prove_inclusion(index + 1, within)
        must(proof.path[1:] == path_hashes, "the audit path is pymerkle's")
        leaf = hashlib.sha256(b"\x00" + entries[index]).digest()
        proof.path = [leaf] + path_hashes
        verify_inclusion(leaf, root, proof, index=index + 1, size=within)
        print(f"inclusion of entry {index} in {within}")

    for path, before in zip(given.consistency, given.earlier, strict=True):
        earlier, old = checkpoint_of(
            opened(before.read_text(encoding="utf-8"), given.key), given.key)
        head, signed = path.read_text(encoding="utf-8").split("\n\n", 1)
        lines = head.splitlines()
        must(lines[0] == f"old {earlier}", "the proof begins at the earlier checkpoint")
        later, root = checkpoint_of(opened(signed, given.key), given.key)
        hashes = [base64.b64decode(line, validate=True) for line in lines[1:]]
        must(hashes == consistency(earlier, entries[:later]), "the proof is RFC 6962's")
        verify_consistency(
            old, root, tree.prove_consistency(earlier, later), prior_size=earlier,
            later_size=later)
        print(f"consistency of {earlier} with {later}")


main()
