#!/usr/bin/env python3
"""usage: calls.py calls.csv

Counts again, from the raw list of calls, what the events of Schemas/mappings/calls.yaml give.
"""
import sys
from collections import Counter, defaultdict

from reading import milliseconds, month, rows, show

events, months, topics, scores = Counter(), Counter(), Counter(), Counter()
agents = defaultdict(Counter)
total = Counter()

for row in rows(sys.argv[1]):
    queued = milliseconds(f"{row['Date']} {row['Time']}", "%Y-%m-%d %H:%M:%S")
    agent = agents[row["Agent"]]
    events["call.queued"] += 1
    events["call.ended"] += 1
    months[month(queued)] += 1
    topics[row["Topic"]] += 1
    figures = Counter(calls=1)
    if row["Answered (Y/N)"] == "Y":
        whole, _, rest = row["Speed of answer in seconds"].partition(".")
        assert not rest.strip("0")
        hours, minutes, seconds = map(int, row["AvgTalkDuration"].split(":"))
        events["call.answered"] += 1
        figures["answered"] = 1
        figures["wait_milliseconds"] = int(whole) * 1000
        figures["within_20_seconds"] = int(whole) <= 20
        figures["within_60_seconds"] = int(whole) <= 60
        figures["talk_milliseconds"] = (hours * 3600 + minutes * 60 + seconds) * 1000
        figures["resolved"] = row["Resolved"] == "Y"
    else:
        figures["abandoned"] = 1
    if row["Satisfaction rating"]:
        score = int(float(row["Satisfaction rating"]))
        events["survey.answered"] += 1
        scores[str(score)] += 1
        figures["ratings"] = 1
        figures["rating_sum"] = score
        figures["satisfied"] = score >= 4
    for name, value in figures.items():
        agent[name] += int(value)
        total[name] += int(value)

show({"events": events, "total": total, "agents": agents, "calls_by_month": months,
      "calls_by_topic": topics, "scores": scores})
