#!/usr/bin/env python3
"""usage: nps.py nps.csv

Counts again, from the raw answers, what the events of Schemas/mappings/nps.yaml give, and under
"answers" what a query answers, from the words of Schemas/catalogue (see answers.py).
"""
import sys
from collections import Counter, defaultdict

from answers import answers, count, share
from reading import milliseconds, month, rows, show

markets, quarters = defaultdict(Counter), defaultdict(Counter)
total, scores, months = Counter(), Counter(), Counter()
facts = []
KPIS = {
    "nps": lambda f: share(
        count(f["nps"], "promoters") - count(f["nps"], "detractors"), count(f["nps"]), 100),
    "nps.promoters": lambda f: count(f["nps"], "promoters"),
    "nps.passives": lambda f: count(f["nps"], "passives"),
    "nps.detractors": lambda f: count(f["nps"], "detractors"),
    "nps.count": lambda f: count(f["nps"]),
}

for row in rows(sys.argv[1]):
    day, number, year = row["Survey date"].split("-")
    at = milliseconds(f"{year}-{number}-{day}", "%Y-%m-%d")
    score = int(row["NPS"])
    kind = "promoters" if score >= 9 else "passives" if score >= 7 else "detractors"
    quarter = f"{year}-Q{(int(number) + 2) // 3}"
    facts.append({"time": at, "team": row["Market"], "quarter": quarter, kind: True})
    for figures in (total, markets[row["Market"]], quarters[quarter]):
        figures["answers"] += 1
        figures[kind] += 1
    scores[str(score)] += 1
    months[month(at)] += 1

show({"events": {"survey.answered": total["answers"]}, "total": total, "markets": markets,
      "quarters": quarters, "scores": scores, "answers_by_month": months,
      "answers": answers(KPIS, {"nps": facts}, ["team", "quarter"])})
