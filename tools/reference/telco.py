#!/usr/bin/env python3
"""usage: telco.py telco-churn.csv

Counts again, from the raw list of customers, what the events of Schemas/mappings/telco.yaml give.
The file has no dates: the month is December 2017, its last day the day of the export.
"""
import sys
from collections import Counter, defaultdict
from decimal import Decimal

from reading import rows, show

events, started, total = Counter(), Counter(), Counter()
plans = defaultdict(Counter)

for row in rows(sys.argv[1]):
    tenure = int(row["tenure"])
    months = 2017 * 12 + 11 - tenure
    started[f"{months // 12}-{months % 12 + 1:02}"] += 1
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
    events["customer.churned"] += row["Churn"] == "Yes"

show({"events": events, "total": total, "plans": plans, "subscribed_by_month": started})
