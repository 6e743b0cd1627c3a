"""An independent computation of the shipped agent and department scorecards.

It takes single facts (`rekam facts`, which oracle.py compares with SQL) and the profile events of
the input file, and computes figures, attainments, scores and totals in Python's fractions, written
from Schemas/LANGUAGE.md and the scorecards' words alone. It shares no code with Rekam.

    scorecard.py EVENTS.ndjson --store DIR --rekam BINARY [--period 2025-09 …]

Exit 0 when every total, score, attainment, weight and value agrees to six decimals, 1 otherwise.
The store's zone is taken as Asia/Jakarta (UTC+7 throughout).
"""

import argparse
import csv
import datetime
import io
import json
import subprocess
import sys
from collections import defaultdict
from fractions import Fraction

ROWS = {  # figure → (weight, kind, bound), by scorecard
    "cs_agent": [("csat", 30, "min", 85), ("first_response_time.p90", 20, "max", 8 * 3600),
                 ("sla_compliance", 15, "min", 90), ("first_contact_resolution", 15, "min", 60),
                 ("quality_score", 20, "min", 85)],
    "cs_department": [("csat", 35, "min", 85), ("first_response_time.p90", 20, "max", 8 * 3600),
                      ("sla_compliance", 25, "min", 90),
                      ("first_contact_resolution", 20, "min", 60)],
}
PROJECTIONS = ["csat", "first_response", "sla_first_response", "sla_resolution",
               "first_resolution", "call_volume", "quality_review"]


def profiles(path):
    """agent → [(day, sequence of the line, department)], what each day ends with."""
    events, voided = {}, set()
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            event = json.loads(line)
            key = (event["source"], event["id"])
            if event["type"] == "event.voided":
                voided.add((event["data"]["source"], event["data"]["id"]))
            if event["type"] == "agent.profile_set" and key not in events:
                events[key] = (number, event)
    result = defaultdict(list)
    for key, (number, event) in events.items():
        if key in voided or "department" not in event["data"]:
            continue
        time = datetime.datetime.fromisoformat(event["time"].replace("Z", "+00:00"))
        day = (time.astimezone(datetime.timezone.utc) + datetime.timedelta(hours=7)).date()
        result[event["subject"].split("/", 1)[1]].append(
            (time, number, day, event["data"]["department"]))
    return {agent: sorted(changes) for agent, changes in result.items()}


def department(changes, day):
    """The value in force at a day's end; '' before the first."""
    value = ""
    for _, _, changed, name in changes:
        if changed <= day:
            value = name
    return value


def facts(rekam, store, projection, period):
    text = subprocess.run([rekam, "facts", projection, "--period", period, "--format", "csv",
                           "--store", store], capture_output=True, text=True, check=True).stdout
    return list(csv.DictReader(io.StringIO(text, newline="")))


def flagged(fact, name):
    return fact[name] not in ("", "0", "false")


def figure(name, rows):
    """The value of a figure over facts by projection; None without any."""
    def ratio(part, whole):
        return None if whole == 0 else Fraction(part, whole)

    if name == "csat":
        found = rows["csat"]
        return ratio(100 * sum(flagged(f, "satisfied") for f in found), len(found))
    if name == "first_response_time.p90":
        waits = sorted(int(f["wait"]) for f in rows["first_response"] if f["wait"] != "")
        if not waits:
            return None
        rank = -(-len(waits) * 90 // 100)
        return Fraction(waits[rank - 1], 1000)
    if name == "sla_compliance":
        found = rows["sla_first_response"] + rows["sla_resolution"]
        return ratio(100 * sum(flagged(f, "met") for f in found), len(found))
    if name == "first_contact_resolution":
        tickets, calls = rows["first_resolution"], rows["call_volume"]
        settled = sum(flagged(f, "first_contact") for f in tickets + calls)
        return ratio(100 * settled,
                     len(tickets) + sum(flagged(f, "outcome_known") for f in calls))
    found = rows["quality_review"]
    return ratio(100 * sum(int(f["score"]) for f in found),
                 sum(int(f["maximum"]) for f in found))


def scored(scorecard, rows):
    """The rows as (figure, value, attainment, counted weight, score), and the total."""
    result, known = [], Fraction(0)
    for name, weight, kind, bound in ROWS[scorecard]:
        value = figure(name, rows)
        attained = None
        if value is not None:
            if kind == "min":
                attained = max(Fraction(0), Fraction(100) * value / bound)
            else:
                attained = Fraction(100) if value == 0 else Fraction(100) * bound / value
            attained = min(attained, Fraction(100))
            known += weight
        result.append([name, value, attained, weight])
    total = None
    for row in result:
        counted = None if row[2] is None else Fraction(row[3]) * 100 / known
        score = None if counted is None else counted * row[2] / 100
        row[3:] = [counted, score]
        if score is not None:
            total = (total or Fraction(0)) + score
    return result, total


def shown(value):
    """Six decimals at most, half to even, as JSON has it."""
    return None if value is None else float(round(value, 6))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("events")
    parser.add_argument("--store", required=True)
    parser.add_argument("--rekam", required=True)
    parser.add_argument("--period", action="append")
    options = parser.parse_args()
    changes = profiles(options.events)
    wrong = compared = 0
    for period in options.period or ["2025-09", "2025-10", "2025-Q3"]:
        groups = {name: defaultdict(lambda: defaultdict(list)) for name in ROWS}
        for projection in PROJECTIONS:
            for fact in facts(options.rekam, options.store, projection, period):
                agent, day = fact["agent"], datetime.date.fromisoformat(fact["day"])
                groups["cs_agent"][agent][projection].append(fact)
                home = department(changes.get(agent, []), day)
                groups["cs_department"][home][projection].append(fact)
        for scorecard, by in (("cs_agent", "agent"), ("cs_department", "department")):
            answer = json.loads(subprocess.run(
                [options.rekam, "scorecard", scorecard, "--by", by, "--period", period,
                 "--format", "json", "--store", options.store],
                capture_output=True, text=True, check=True).stdout)
            key = "agent" if by == "agent" else "agent.department"
            seen = {row[key] for row in answer["total"]}
            used = [p for p in PROJECTIONS if p != "quality_review" or by == "agent"]
            expected = {name for name, rows in groups[scorecard].items()
                        if name and any(rows[p] for p in used)}
            if by == "agent":
                # Who has a first profile after the period is not in scope in it.
                expected = {name for name in expected if name in seen or name not in changes}
            if seen != expected:
                print(f"{period} {scorecard}: {sorted(seen ^ expected)} stand on one side only")
                wrong += 1
            for line in answer["total"]:
                rows, total = scored(scorecard, groups[scorecard][line[key]])
                if shown(total) != line["total"]:
                    print(f"{period} {scorecard} {line[key]}: {shown(total)}, not {line['total']}")
                    wrong += 1
                compared += 1
                for name, value, attained, counted, score in rows:
                    found = next(row for row in answer["rows"]
                                 if row[key] == line[key] and row["kpi"] == name)
                    for field, wanted in (("value", value), ("attainment", attained),
                                          ("counted_weight", counted), ("score", score)):
                        if shown(wanted) != found[field]:
                            print(f"{period} {scorecard} {line[key]} {name} {field}: "
                                  f"{shown(wanted)}, not {found[field]}")
                            wrong += 1
    print(f"{compared} scorecards compared, {wrong} differences")
    sys.exit(1 if wrong or compared == 0 else 0)


if __name__ == "__main__":
    main()
