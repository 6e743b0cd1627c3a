"""A store that files are handed to, and its figures as lines of CSV."""

import json

from machine import Machine

SPLITS = ["", "agent", "team", "channel"]


class Desk(Machine):
    """A new store with the catalogue, in a folder of its own."""

    def __init__(self, folder, zone):
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(folder)
        self.sure("init", "--time-zone", zone)

    def kpis(self):
        """KPIs with their statistics, by what they can be split by: agent, team, channel, nothing."""
        groups = {split: [] for split in SPLITS}
        for kpi in json.loads(self.sure("kpi", "list", "--format", "json").out):
            name = kpi["name"]
            shown = json.loads(self.sure("kpi", "show", name, "--format", "json").out)
            names = [name, *(f"{name}.{each}" for each in kpi["statistics"])]
            for split in SPLITS:
                if not split or split in shown["dimensions"]:
                    groups[split] += names
        return groups

    def ingest(self, part, number):
        """Hands a part over. No row may be refused: nothing in it is wrong."""
        file = self.folder / f"{number}-{part.table.name}.csv"
        file.write_bytes(b"\n".join([part.table.header, *part.rows]) + b"\n")
        self.sure("ingest", file.name, "--mapping", part.table.mapping)

    def figures(self, kpis, period):
        """Every KPI by each split and month, as lines of CSV in their order."""
        return {
            split: self.sure(
                "query", *names, "--period", period, "--grain", "month",
                *(["--by", split] if split else []), "--format", "csv").out.splitlines()
            for split, names in kpis.items()}


def differences(expected, found):
    """The lines of two answers that differ, as texts; none where they are equal byte for byte."""
    result = []
    for split in SPLITS:
        if expected[split] == found[split]:
            continue
        here, there = set(expected[split]), set(found[split])
        lines = [(line, "expected") for line in here - there]
        lines += [(line, "got     ") for line in there - here]
        named = f"by {split}" if split else "in all"
        result += [f"{named} {whose} {line}" for line, whose in sorted(lines)]
        result += [] if lines else [f"{named}: the same lines in another order"]
    return result
