#!/usr/bin/env python3
"""usage: calls.py calls.csv

Counts again, from the raw list of calls, what the events of Schemas/mappings/calls.yaml give, and
under "answers" what a query answers, from the words of Schemas/catalogue (see answers.py).
"""
import sys
from collections import Counter, defaultdict

from answers import answers, count, duration, mean, seconds, share
from reading import milliseconds, month, rows, show

events, months, topics, scores = Counter(), Counter(), Counter(), Counter()
agents = defaultdict(Counter)
total = Counter()
facts = {"call_volume": [], "call_handling": [], "csat": []}
KPIS = {
    "calls_offered": lambda f: count(f["call_volume"]),
    "calls_offered.answered": lambda f: count(f["call_volume"], "answered"),
    "calls_offered.abandoned": lambda f: count(f["call_volume"], "abandoned"),
    "abandonment_rate": lambda f: share(
        count(f["call_volume"], "abandoned"), count(f["call_volume"]), 100),
    **duration("average_speed_of_answer", "call_volume", "wait"),
    "service_level": lambda f: share(
        count(f["call_volume"], "in_time"), count(f["call_volume"]), 100),
    "service_level.answered_in_time": lambda f: count(f["call_volume"], "in_time"),
    "service_level.of_answered": lambda f: share(
        count(f["call_volume"], "in_time"), count(f["call_volume"], "answered"), 100),
    **duration("average_handle_time", "call_handling", "talk"),
    "average_handle_time.talk": lambda f: seconds(mean(f["call_handling"], "talk")),
    "calls_resolved": lambda f: count(f["call_handling"], "resolved"),
    "calls_resolved.answered": lambda f: count(f["call_handling"]),
    "call_resolution_rate": lambda f: share(
        count(f["call_handling"], "resolved"), count(f["call_handling"]), 100),
    "csat": lambda f: share(count(f["csat"], "satisfied"), count(f["csat"]), 100),
    "csat.satisfied": lambda f: count(f["csat"], "satisfied"),
    "csat.mean_score": lambda f: mean(f["csat"], "score"),
    "csat.count": lambda f: count(f["csat"]),
}

for row in rows(sys.argv[1]):
    queued = milliseconds(f"{row['Date']} {row['Time']}", "%Y-%m-%d %H:%M:%S")
    agent = agents[row["Agent"]]
    events["call.queued"] += 1
    events["call.ended"] += 1
    months[month(queued)] += 1
    topics[row["Topic"]] += 1
    figures = Counter(calls=1)
    call = {"agent": row["Agent"], "category": row["Topic"], "channel": "phone"}
    answered, ended = None, queued
    if row["Answered (Y/N)"] == "Y":
        whole, _, rest = row["Speed of answer in seconds"].partition(".")
        assert not rest.strip("0")
        hours, minutes, rest = map(int, row["AvgTalkDuration"].split(":"))
        events["call.answered"] += 1
        answered = queued + int(whole) * 1000
        ended = answered + (hours * 3600 + minutes * 60 + rest) * 1000
        figures["answered"] = 1
        figures["wait_milliseconds"] = int(whole) * 1000
        figures["within_20_seconds"] = int(whole) <= 20
        figures["within_60_seconds"] = int(whole) <= 60
        figures["talk_milliseconds"] = ended - answered
        figures["resolved"] = row["Resolved"] == "Y"
        facts["call_handling"].append({
            **call, "time": answered, "talk": ended - answered, "resolved": row["Resolved"] == "Y"})
    else:
        figures["abandoned"] = 1
    wait = None if answered is None else answered - queued
    facts["call_volume"].append({
        **call, "time": queued, "wait": wait, "answered": wait is not None,
        "abandoned": wait is None, "in_time": wait is not None and wait <= 20_000})
    if row["Satisfaction rating"]:
        score = int(float(row["Satisfaction rating"]))
        events["survey.answered"] += 1
        scores[str(score)] += 1
        figures["ratings"] = 1
        figures["rating_sum"] = score
        figures["satisfied"] = score >= 4
        facts["csat"].append({**call, "time": ended, "score": score, "satisfied": score >= 4})
    for name, value in figures.items():
        agent[name] += int(value)
        total[name] += int(value)

show({"events": events, "total": total, "agents": agents, "calls_by_month": months,
      "calls_by_topic": topics, "scores": scores,
      "answers": answers(KPIS, facts, ["agent", "channel", "category"])})
