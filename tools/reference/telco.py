#!/usr/bin/env python3
"""usage: telco.py telco-churn.csv

Counts again, from the raw list of customers, what the events of Schemas/mappings/telco.yaml give.
The file has no dates: the month is December 2017, its last day the day of the export. Under
"answers" stands what a query answers, from the words of Schemas/catalogue (see answers.py).
"""
import calendar
import sys
from collections import Counter, defaultdict
from decimal import Decimal

from answers import answers, count, duration
from reading import milliseconds, rows, show

events, started, total = Counter(), Counter(), Counter()
plans = defaultdict(Counter)
facts = []
END = milliseconds("2017-12-31", "%Y-%m-%d")
KPIS = {"churned_customers": lambda f: count(f["churn"]),
        **duration("customer_tenure", "churn", "tenure")}

for row in rows(sys.argv[1]):
    tenure = int(row["tenure"])
    months = 2017 * 12 + 11 - tenure
    year, number = months // 12, months % 12 + 1
    started[f"{year}-{number:02}"] += 1
    amount = int(Decimal(row["MonthlyCharges"]) * 100)
    events["customer.subscribed"] += 1
    events["revenue.recorded"] += 1
    for figures in (total, plans[row["Contract"]]):
        figures["customers"] += 1
        figures["tenure_months"] += tenure
        figures["monthly_cents"] += amount
        if row["Churn"] == "Yes":
            figures["churned"] += 1
            figures["churned_monthly_cents"] += amount
    if row["Churn"] == "Yes":
        events["customer.churned"] += 1
        # The 31st, or the month's last day.
        day = calendar.monthrange(year, number)[1]
        began = milliseconds(f"{year}-{number:02}-{day}", "%Y-%m-%d")
        facts.append({"time": END, "plan": row["Contract"], "segment": row["InternetService"],
                      "tenure": END - began})

show({"events": events, "total": total, "plans": plans, "subscribed_by_month": started,
      "answers": answers(KPIS, {"churn": facts}, ["plan", "segment"])})
