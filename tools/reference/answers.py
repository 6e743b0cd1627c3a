"""Facts into figures, as the catalogue's KPIs read: by a dimension, by month, and in all.

A fact is a dict: `time` in milliseconds of UTC, its dimensions by name (None, or no key at all: "–"),
its measures by name (None: no value). Figures are fractions of whole numbers; nothing is rounded
before it is shown. A duration is in seconds when shown.
"""
from collections import defaultdict
from fractions import Fraction

from reading import month


def shown(value):
    """`value` with at most six decimals, halves to the even digit: what a query's answer writes."""
    scaled = round(value * 1_000_000)
    whole, rest = divmod(abs(scaled), 1_000_000)
    text = f"{whole}.{rest:06}".rstrip("0").rstrip(".")
    return "-" + text if scaled < 0 else text


def count(facts, flag=None):
    return Fraction(len(facts) if flag is None else sum(1 for fact in facts if fact.get(flag)))


def values(facts, measure):
    return sorted(fact[measure] for fact in facts if fact.get(measure) is not None)


def distinct(facts, measure):
    return Fraction(len(set(values(facts, measure))))


def share(part, whole, factor=1):
    return Fraction(factor * part, whole) if whole else None


def mean(facts, measure):
    """In the measure's own unit: points, milliseconds."""
    found = values(facts, measure)
    return share(sum(found), len(found))


def rank(facts, measure, percent):
    """The first value whose rank × 100 ≥ number × percent."""
    found = values(facts, measure)
    for place, value in enumerate(found, 1):
        if place * 100 >= len(found) * percent:
            return Fraction(value)
    return None


def seconds(value):
    return None if value is None else value / 1000


def duration(name, projection, measure):
    """A KPI that is the mean of a duration, with the statistics that it has unwritten."""
    return {
        name: lambda f: seconds(mean(f[projection], measure)),
        f"{name}.p50": lambda f: seconds(rank(f[projection], measure, 50)),
        f"{name}.p90": lambda f: seconds(rank(f[projection], measure, 90)),
        f"{name}.p95": lambda f: seconds(rank(f[projection], measure, 95)),
        f"{name}.min": lambda f: seconds(rank(f[projection], measure, 0)),
        f"{name}.max": lambda f: seconds(rank(f[projection], measure, 100)),
        f"{name}.count": lambda f: Fraction(len(values(f[projection], measure))),
    }


def answers(kpis, facts, dimensions, lacking=()):
    """`{kpi: {by: {value of by: [numerator, denominator, as shown]}}}`; by "" is the total.

    `kpis` are functions of a dict of facts by projection, `facts` that dict in all. A null value
    is left out, and so is a dimension's value of which no projection has a fact. `lacking` holds
    pairs of a KPI and a dimension that it cannot be asked by.
    """
    result = {name: {} for name in kpis}
    for by in ["", "month", *dimensions]:
        cells = defaultdict(lambda: {projection: [] for projection in facts})
        for projection, every in facts.items():
            for fact in every:
                key = month(fact["time"]) if by == "month" else fact.get(by) or "–" if by else ""
                cells[key][projection].append(fact)
        for name, kpi in kpis.items():
            if (name, by) in lacking:
                continue
            row = result[name][by] = {}
            for key, cell in cells.items():
                value = kpi(cell)
                if value is not None:
                    row[key] = [value.numerator, value.denominator, shown(value)]
    return result
