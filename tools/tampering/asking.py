"""What is asked of a store, and how an answer of an altered one is judged."""

import base64
import copy
import hashlib
import json
import re
import shutil

from stores import Machine, PERIOD
from machine import Failed

TIMEOUT_SECONDS = 60
# What the command documents, but for success: a difference, usage, data, busy, the store.
REFUSALS = (1, 64, 65, 74, 75)

# {all}: every KPI; {case}, {agent}, {early}, {middle}: see `names`.
READING = [
    "query {all} --period 2025 --format json",
    "query csat ticket_volume --by agent --period 2025",
    "query first_response_time.p90 ticket_volume --by team,channel --period 2025 --grain month "
    "--format csv",
    "query visits visit_minutes --by desk --period 2025 --format json",
    "query first_response_time --by agent.department --period 2025 --format csv",
    "query ticket_volume visits --period 2025 --as-of {middle}",
    "query ticket_volume visits --period 2025-01 --as-closed",
    "facts first_response --period 2025", "facts visits --period 2025 --format json",
    "explain visits --period 2025-03 --format csv", "explain ticket_volume --period 2025",
    "scorecard cs_agent --by agent --period 2025-03",
    "replay --period 2025", "diff visits ticket_volume resolution_time --period 2025-01 --as-of {early}",
    "projection cells ticket_volume", "projection cells visits",
    "period list", "period restatements 2025-01", "kpi show visits", "calendar show indonesia",
    "schema show visit.ended",
    "log show 0..{last}", "log case {case}", "log stat", "proof 300",
    "audit exceptions --period 2026",
]
# What signs, closes, exports or copies: nothing altered may come out.
MAKING = [
    "period close 2025-03", "checkpoint",
    "snapshot export --period 2025-03 --with-entries --with-answers --out made",
    "log export-tiles made --with-answers", "backup made --verify",
]
VERIFY = "verify"


class Answer:
    """How a command ended, what it printed, and digests of the files that it made."""

    def __init__(self, machine, line, result):
        made = machine.folder / "made"
        self.result = result
        self.code = result.code
        self.text = plain(result.out, machine)
        self.error = plain(result.error, machine)
        self.made = {}
        if made.exists():
            self.made = digests(made)
            shutil.rmtree(made)
        # A backup is a data file with pages of its own: that it verified is what is said of it.
        if line.startswith("backup"):
            self.made = dict.fromkeys(self.made, "")
        # Tiles are filled by and by; the checkpoint comes last, and without it they are none.
        self.grows = line.startswith("log export-tiles")

    def is_part(self, whole):
        return "checkpoint" not in self.made and self.made.items() <= whole.made.items()

    def is_same(self, other, texts=None):
        """Whether two commands came to the same; with `texts`, by token, but for tokens that stand
        where the other shows what they stand for."""
        if (self.code, self.text, self.made) == (other.code, other.text, other.made):
            return True
        return texts is not None and self.code == other.code and (
            revealed(self, texts) == revealed(other, texts))

    def fault(self, whole):
        """Why it is no refusal of the command's own; "" where it is one."""
        if self.code < 0 or self.code >= 128:
            return f"it is ended by a signal or trap, {self.code}"
        if self.code not in REFUSALS:
            return f"it ends with {self.code}"
        if self.made and not (self.grows and self.is_part(whole)):
            return "it refuses, and leaves something made behind"
        said = [line for line in self.error.splitlines() if not line.startswith("Warning: ")]
        if self.code == 1 and (self.text or said):
            return ""
        return "" if said and said[0].startswith("Error: ") else "it gives no reason"


def plain(text, machine):
    """An answer without the store's place, and without how long it took."""
    text = text.replace(str(machine.store), "STORE").replace(str(machine.folder), "FOLDER")
    # How many pages the file takes is no statement about the log.
    return re.sub(r"[\d.]+ s$|^Bytes .*|^Backed up .*", "", text, flags=re.M)


def revealed(answer, texts):
    """An answer with texts in the place of tokens, whatever widths and orders they give it."""
    # A token needs quotes in a command that is shown, a name may need none.
    text = answer.text.replace("'", "")
    text = re.sub(r"~?([A-Za-z0-9_-]{43})(?![A-Za-z0-9_-])",
                  lambda match: texts.get(match[1], match[0]), text)
    # Names stand in a file of their own beside what is signed.
    made = {path: digest for path, digest in answer.made.items() if path != "names.json"}
    return sorted(re.findall(r"[^\s,]+", text)), made


def digests(folder):
    """Of all files below a folder, by path."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*")) if path.is_file()}


def tokens_of(vault):
    """What the tokens of a vault stand for: see Schemas/STORE.md, *Persons*."""
    texts = {}
    for table in ("disclosures", "texts"):
        for array in vault[table].values():
            disclosure = base64.urlsafe_b64encode(array).rstrip(b"=")
            token = base64.urlsafe_b64encode(hashlib.sha256(disclosure).digest()).rstrip(b"=")
            texts[token.decode()] = str(json.loads(array)[2])
    return texts


class Asking:
    """Asks a copy of a store, in a folder of its own that is used again and again."""

    def __init__(self, stores, folder):
        self.stores = stores
        self.machine = Machine(folder, "store", stores.machine.command)
        self.names = self.find_names()
        self.texts = tokens_of(stores.rows["whole"]["private.mdb"])

    def find_names(self):
        machine = self.stores.machine
        kpis = machine.sure("kpi", "list", "--format", "json").out
        shown = machine.sure("log", "show", "30..400").out
        case = re.findall(r'"subject":"(ticket/[^"]+)"', shown)[0]
        return {
            "all": " ".join(sorted(set(re.findall(r'"(?:kpi|name)": ?"([a-z0-9_]+)"', kpis)))),
            "case": case, "last": str(self.stores.entries - 1),
            "early": str(self.stores.entries * 3 // 5), "middle": str(self.stores.entries * 4 // 5)}

    def beside(self, folder):
        """The same in another folder, to be asked at once."""
        other = copy.copy(self)
        folder.mkdir()
        other.machine = Machine(folder, "store", self.stores.machine.command)
        return other

    def fill(self, name="whole"):
        """Puts a whole store in the place of what is there."""
        machine = self.machine
        shutil.rmtree(machine.store, ignore_errors=True)
        shutil.rmtree(machine.folder / "made", ignore_errors=True)
        source = self.stores.folder / name
        shutil.copytree(source, machine.store)
        shutil.copy(self.stores.folder / "whole.checkpoint", f"{machine.store}.checkpoint")

    def ask(self, line):
        arguments = line.format(**self.names).split()
        return Answer(self.machine, line, self.machine.finish(
            self.machine.start(*arguments), TIMEOUT_SECONDS))

    def whole_answers(self, lines):
        """What the untouched store answers; twice, so that an answer of chance is no fault later."""
        answers = {}
        for line in lines:
            found = []
            for _ in range(2):
                self.fill()
                found.append(self.ask(line))
            if found[0].code != 0:
                raise Failed(f"the untouched store doesn't answer: {found[0].result}")
            if not found[0].is_same(found[1]):
                raise Failed(f"it answers in two ways: {found[0].result}\n{found[1].result}")
            answers[line] = found[0]
        return answers
