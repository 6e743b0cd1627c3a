"""Every KPI's figures in SQL, written from the definitions' words.

A KPI is arithmetic over parts; a part is one aggregate of the facts that a projection's SQL finds
(`projections/NAME.sql`). Arithmetic is exact (fractions); nothing divided by zero has a value.

`compare` asks the binary for every KPI and statistic, in total and by agent, team and channel, for
each month and for the whole year, and demands the same value, the same fraction and the same count.
"""

import collections
import decimal
import fractions
import json
import os
import re
import subprocess

import oracle

DIMENSIONS = ("agent", "team", "channel")
DURATIONS = ("p50", "p90", "p95", "max", "min", "count")


class Number:
    """A fraction, or no value; whatever is done with no value has none."""

    def __init__(self, value):
        self.value = None if value is None else fractions.Fraction(value)

    def _with(self, other, work):
        other = other if isinstance(other, Number) else Number(other)
        if self.value is None or other.value is None:
            return Number(None)
        return Number(work(self.value, other.value))

    def __add__(self, other): return self._with(other, lambda a, b: a + b)
    def __sub__(self, other): return self._with(other, lambda a, b: a - b)
    def __mul__(self, other): return self._with(other, lambda a, b: a * b)
    def __rmul__(self, other): return self * other
    def __truediv__(self, other): return self._with(other, lambda a, b: a / b if b else None)


class KPI:
    """`value` and `count` are arithmetic over the parts, `more` its statistics.

    A part is "PROJECTION: AGGREGATE" with, in brackets, which facts: "csat[score > 3]: count(*)".
    "A|B: AGGREGATE" takes the facts of both together.
    In place of an aggregate of the period's facts, a stock has "stock", "start", "start NAME" and
    "kept NAME". Where `answers` is none though there are some in the same projection of HIDDEN,
    nothing is shown; where a part
    `currencies` is more than 1, nothing that adds the amounts `s`.
    """

    def __init__(self, value, count=None, answers=None, more=None, **parts):
        self.value, self.count, self.answers = value, count, answers
        self.more, self.parts = more or {}, parts

    @property
    def projections(self):
        return {name for part in self.parts.values()
                for name in re.match(r"[\w|]+", part).group().split("|")}


def duration(projection, measure, **more):
    """The mean of a measure, with what every length of time has beside it."""
    where, name = measure, projection.partition("[")[0]
    bracket = projection[len(name):]
    source = f"{name}{bracket}"
    # Nearest rank: the first value whose rank × 100 is at least number × percent.
    parts = {f"p{p}": f"{source}: list_sort(list({where}) FILTER ({where} IS NOT NULL))"
                      f"[((count({where}) * {p} + 99) // 100)::INTEGER]" for p in (50, 90, 95)}
    return KPI("s / n", count="n", s=f"{source}: sum({where})", n=f"{source}: count({where})",
               low=f"{source}: min({where})", high=f"{source}: max({where})", **parts,
               more={"p50": "p50", "p90": "p90", "p95": "p95", "max": "high", "min": "low",
                     "count": "n"} | more)


def rate(projection, flag, facts="*", name=None, **more):
    """A flag's share of facts, in percent."""
    return KPI("100 * part / n", count="n", part=f"{projection}: count({flag})",
               n=f"{projection}: count({facts})", more={"count": "n", name or flag: "part"} | more)


ESCALATED = "escalation IS NOT NULL"
COMPLAINT = "ticket_volume[reason = 'complaint']"
SLA = dict(met1="sla_first_response: count(met)", met2="sla_resolution: count(met)",
           n1="sla_first_response: count(*)", n2="sla_resolution: count(*)")
COST = dict(s="cost: sum(amount)", currencies="cost: count(DISTINCT coalesce(currency, ''))")
_STAFFED = "agent_time[state IN ('available', 'busy', 'wrap')]"
STAFFED = dict(s=f"{_STAFFED}: sum(time)", n=f"{_STAFFED}: count(time)")

KPIS = {
    "ticket_volume": KPI("n", count="n", n="ticket_volume: count(*)"),
    "complaint_count": KPI("n", count="n", n=f"{COMPLAINT}: count(*)",
                           all="ticket_volume: count(*)", more={"tickets": "all"}),
    "average_issue_count": KPI(
        "n / days", count="n", n=f"{COMPLAINT}: count(*)", named=f"{COMPLAINT}: count(customer)",
        customers=f"{COMPLAINT}: count(DISTINCT customer)",
        more={"per_week": "n * 7 / days", "per_month": "n / months",
              "per_customer": "named / customers", "complaints": "n"}),
    "first_response_time": duration("first_response", "wait"),
    "reply_time": duration("reply", "wait"),
    "replies_sent": KPI("n", count="n", n="reply: count(*)"),
    "customers_handled": KPI("c", count="named",
                             c="reply|call_handling: count(DISTINCT customer)",
                             named="reply|call_handling: count(customer)",
                             r="reply: count(DISTINCT customer)",
                             b="call_handling: count(DISTINCT customer)",
                             n="reply: count(*)", calls="call_handling: count(*)",
                             more={"by_reply": "r", "by_call": "b", "replies": "n",
                                   "calls": "calls"}),
    "first_assignment_time": duration("first_assignment", "wait"),
    "first_resolution_time": duration("first_resolution", "time"),
    "resolution_time": duration("resolution", "time"),
    "requester_wait_time": duration("resolution", "requester_wait"),
    "on_hold_time": duration("resolution", "on_hold"),
    "tickets_resolved": KPI("n", count="n", n="resolution: count(*)"),
    "one_touch_resolution": rate("resolution", "one_touch"),
    "first_contact_resolution": KPI(
        "100 * (t + c) / (nt + nc)", t="first_resolution: count(first_contact)",
        c="call_volume: count(first_contact)", nt="first_resolution: count(*)",
        nc="call_volume: count(outcome_known)", count="nt + nc",
        more={"resolved_at_once": "t + c", "of_tickets": "100 * t / nt",
              "of_calls": "100 * c / nc", "count": "nt + nc"}),
    "reopen_rate": KPI("100 * f / n", count="n", f="reopening: count(first)",
                       all="reopening: count(*)", n="first_resolution: count(*)",
                       more={"reopened": "f", "reopenings": "all", "count": "n"}),
    "transfers_per_ticket": KPI("t / n", count="n", t="transfer: count(*)",
                                n="resolution: count(*)", more={"transfers": "t", "count": "n"}),
    "backlog": KPI("n", count="n", n="backlog: stock"),
    "escalation_rate": KPI("100 * f / n", count="n", f="escalation: count(first)",
                           all="escalation: count(*)", n="resolution: count(*)",
                           more={"escalated": "f", "escalations": "all", "count": "n"}),
    "customer_escalation_rate": KPI(
        "100 * e / n", count="n", e="escalation[trigger = 'customer']: count(*)",
        n="resolution: count(*)", more={"escalations": "e", "count": "n"}),
    "justified_escalation_rate": rate("quality_review", "justified", "judged"),
    "escalated_resolution_time": duration("resolution", "since_escalation"),
    "escalated_csat": rate(f"csat[{ESCALATED}]", "satisfied"),
    "sla_compliance": KPI("100 * (met1 + met2) / (n1 + n2)", count="n1 + n2", **SLA,
                          more={"met": "met1 + met2", "count": "n1 + n2"}),
    "sla_first_response_compliance": rate("sla_first_response", "met"),
    "sla_resolution_compliance": rate("sla_resolution", "met"),
    "escalated_sla_compliance": KPI(
        "100 * (met1 + met2) / (n1 + n2)", count="n1 + n2",
        **{k: v.replace(":", f"[{ESCALATED}]:") for k, v in SLA.items()},
        more={"met": "met1 + met2", "count": "n1 + n2", "resolution": "100 * met2 / n2"}),
    "calls_offered": KPI("n", count="n", n="call_volume: count(*)",
                         a="call_volume: count(answered)", b="call_volume: count(abandoned)",
                         more={"answered": "a", "abandoned": "b"}),
    "abandonment_rate": rate("call_volume", "abandoned"),
    "service_level": KPI("100 * t / n", count="n", t="call_volume: count(answered_in_time)",
                         n="call_volume: count(*)", a="call_volume: count(answered)",
                         more={"answered_in_time": "t", "of_answered": "100 * t / a",
                               "count": "n"}),
    "average_speed_of_answer": duration("call_volume", "wait"),
    "average_handle_time": duration("call_handling", "handle"),
    "calls_resolved": KPI("r", count="r", r="call_handling: count(resolved)",
                          n="call_handling: count(*)", more={"answered": "n"}),
    "call_resolution_rate": rate("call_handling", "resolved"),
    "quality_score": KPI("100 * s / m", count="m_count", s="quality_review: sum(score)",
                         m="quality_review: sum(maximum)", n="quality_review: count(*)",
                         m_count="quality_review: count(maximum)", more={"count": "n"}),
    "csat": KPI("100 * part / n", count="n", part="csat: count(satisfied)", n="csat: count(*)",
                s="csat: sum(score)", sn="csat: count(score)",
                more={"satisfied": "part", "count": "n", "mean_score": "s / sn"}),
    "csi": KPI("100 * s / c", count="named", s="csat: count(DISTINCT satisfied_customer)",
               c="survey_invitation: count(DISTINCT customer)",
               named="survey_invitation: count(customer)",
               more={"satisfied": "s", "contacted": "c"}),
    "survey_response_rate": rate("survey_invitation", "answered"),
    "nps": KPI("100 * (p - d) / n", count="n", p="nps: count(promoter)",
               a="nps: count(passive)", d="nps: count(detractor)", n="nps: count(*)",
               more={"promoters": "p", "passives": "a", "detractors": "d", "count": "n"}),
    "ces": KPI("s / n", count="n", s="ces: sum(score)", n="ces: count(score)",
               easy="ces: count(easy)", all="ces: count(*)",
               more={"easy": "100 * easy / all"}),
    "enps": KPI("100 * (p - d) / n", count="n", p="enps: count(promoter)",
                a="enps: count(passive)", d="enps: count(detractor)", n="enps: count(on_scale)",
                r="enps: count(DISTINCT respondent)", answers="r",
                more={"promoters": "p", "passives": "a", "detractors": "d", "respondents": "r",
                      "count": "n"}),
    "pulse_score": KPI("s / n", count="n", s="pulse: sum(score)", n="pulse: count(score)",
                       f="pulse: count(favourable)", all="pulse: count(*)",
                       r="pulse: count(DISTINCT respondent)", answers="r",
                       more={"favourable": "100 * f / all", "respondents": "r"}),
    "active_customers": KPI("n", count="n", n="customer_base: stock", s="customer_base: start",
                            more={"at_start": "s"}),
    "churn_rate": KPI("100 * (s - k) / s", count="s", s="customer_base: start customer",
                      k="customer_base: kept customer",
                      more={"lost": "s - k", "at_start": "s"}),
    "retention_rate": KPI("100 * k / s", count="s", s="customer_base: start customer",
                          k="customer_base: kept customer", more={"kept": "k", "at_start": "s"}),
    "churned_customers": KPI("n", count="n", n="churn: count(*)"),
    "customer_tenure": duration("churn", "tenure"),
    "repeat_purchase_rate": KPI(
        "100 * r / c", count="n", r='purchase: count(DISTINCT "returning")',
        c="purchase: count(DISTINCT customer)", n="purchase: count(*)",
        more={"returning": "r", "customers": "c", "purchases": "n"}),
    "total_cost": KPI("s", count="n", n="cost: count(amount)", **COST),
    "cost_per_resolution": KPI("s / n", count="n", n="resolution: count(*)", **COST,
                               more={"cost": "s", "count": "n"}),
    "occupancy": KPI("100 * h / s", count="n", h="agent_time[state IN ('busy', 'wrap')]: sum(time)",
                     **STAFFED),
    "staffed_hours": KPI("s / 3600000", count="n", **STAFFED),
    "contacts_per_staffed_hour": KPI(
        "(c + r) / (s / 3600000)", count="n", c="call_handling: count(*)", r="reply: count(*)",
        **STAFFED, more={"contacts": "c + r", "staffed_hours": "s / 3600000"}),
}
# Each length of time in business hours, too, under a name that says so.
for _name, _projection, _measure in (
        ("first_response_time", "first_response", "wait"), ("reply_time", "reply", "wait"),
        ("first_assignment_time", "first_assignment", "wait"),
        ("first_resolution_time", "first_resolution", "time"),
        ("resolution_time", "resolution", "time"),
        ("requester_wait_time", "resolution", "requester_wait"),
        ("on_hold_time", "resolution", "on_hold"),
        ("escalated_resolution_time", "resolution", "since_escalation"),
        ("average_speed_of_answer", "call_volume", "wait"),
        ("average_handle_time", "call_handling", "handle")):
    KPIS[_name + "_business"] = duration(_projection, _measure + "_business")


_opening = duration(f"resolution[{ESCALATED}]", "time")
KPIS["escalated_resolution_time"].parts |= {f"o_{k}": v for k, v in _opening.parts.items()}
KPIS["escalated_resolution_time"].more |= {"from_opening": "o_s / o_n",
                                           "from_opening_p90": "o_p90"}


# What is not shown of a projection: the same choice as in its SQL, of rounds.py's other table.
HIDDEN = ("enps", "pulse")


class Figures:
    """The parts of all KPIs by period and group, and the KPIs' figures from them."""

    def __init__(self, database, year):
        self.run = database.connection.execute
        self.names = {}
        self.run(f"""CREATE OR REPLACE TEMP TABLE periods AS
            SELECT strftime(first, '%Y-%m') AS period, first::DATE AS month_first,
                (first + INTERVAL 1 MONTH)::DATE AS month_next, 1.0 AS months
            FROM range(DATE '{year}-01-01', DATE '{year + 1}-01-01', INTERVAL 1 MONTH) r(first)
            UNION ALL SELECT '{year}', DATE '{year}-01-01', DATE '{year + 1}-01-01', 12.0""")
        self.lengths = {period: (days, months) for period, days, months in self.run(
            "SELECT period, month_next - month_first, months::INTEGER FROM periods").fetchall()}
        for name in sorted({p for kpi in KPIS.values() for p in kpi.projections}):
            self.run(f'CREATE OR REPLACE TEMP TABLE "facts_{name}" AS {database.projections[name]}')
            self.names[name] = [row[0] for row in self.run(f'DESCRIBE "facts_{name}"').fetchall()]
        for name in HIDDEN:
            hidden = database.projections[name].replace("FROM shown", "FROM hidden")
            self.run(f'CREATE OR REPLACE TEMP TABLE "hidden_{name}" AS {hidden}')

    def hidden(self, kpi, by):
        """The periods and groups in which answers behind a KPI are not shown."""
        name, = KPIS[kpi].projections
        return set(self.run(
            f'SELECT DISTINCT period, {self._group(by)} FROM "hidden_{name}" JOIN periods '
            "ON day >= month_first AND day < month_next").fetchall())

    def parts(self, by):
        """Each part's value by period and group, of the KPIs that can be asked by a dimension."""
        wanted = collections.defaultdict(dict)
        for kpi in self.asked(by):
            for part in KPIS[kpi].parts.values():
                source, _, aggregate = part.partition(": ")
                wanted[source][aggregate] = None
        found = {}
        for source, aggregates in wanted.items():
            name, _, where = source.partition("[")
            where = where.rstrip("]") or "true"
            plain = [a for a in aggregates if a.split()[0] not in ("stock", "start", "kept")]
            if plain:
                found |= self._aggregates(source, name, where, plain, by)
            for aggregate in set(aggregates) - set(plain):
                found[f"{source}: {aggregate}"] = self._stock(name, aggregate.split(), by)
        return found

    def _group(self, by):
        return f"coalesce(\"{by}\"::VARCHAR, '')" if by else "''"

    def _aggregates(self, source, name, where, aggregates, by):
        facts = f'"facts_{name}"'
        if "|" in name:
            # The facts of several projections under each other; a column one lacks is empty there.
            each = [f'SELECT * FROM "facts_{one}"' for one in name.split("|")]
            facts = "(" + " UNION ALL BY NAME ".join(each) + ")"
        rows = self.run(f"""
            SELECT period, {self._group(by)} AS "group", {", ".join(aggregates)}
            FROM {facts} JOIN periods ON day >= month_first AND day < month_next
            WHERE {where} GROUP BY 1, 2""").fetchall()
        return {f"{source}: {aggregate}": {row[:2]: row[2 + place] for row in rows}
                for place, aggregate in enumerate(aggregates)}

    def _stock(self, name, words, by):
        """A stock at the end or before the start; different names in it then, and those kept."""
        def held(until, columns):
            return (f'SELECT period, {columns}, sum(weight) AS held FROM "facts_{name}" '
                    f"JOIN periods ON day < {until} GROUP BY ALL")
        group = self._group(by) + ' AS "group"'
        if len(words) == 1:
            until = "month_next" if words[0] == "stock" else "month_first"
            rows = self.run(f"SELECT period, \"group\", held FROM ({held(until, group)})")
        else:
            at_end = ""
            if words[0] == "kept":
                at_end = (f"AND (period, \"{words[1]}\") IN (SELECT (period, \"{words[1]}\") "
                          f"FROM ({held('month_next', chr(34) + words[1] + chr(34))}) WHERE held > 0)")
            columns = f'{group}, "{words[1]}"'
            rows = self.run(f"SELECT period, \"group\", count(DISTINCT \"{words[1]}\") "
                            f"FROM ({held('month_first', columns)}) WHERE held > 0 {at_end} GROUP BY 1, 2")
        return {row[:2]: row[2] for row in rows.fetchall()}

    def asked(self, by):
        """The KPIs that have a dimension, in all their projections."""
        return [name for name, kpi in KPIS.items()
                if by is None or all(by in self.names[p] for p in kpi.projections)]

    def figure(self, name, parts, period, group, hidden):
        """A KPI's or statistic's value, the count behind it where that is said, and whether it is
        withheld."""
        kpi_name, _, statistic = name.partition(".")
        kpi = KPIS[kpi_name]
        values = {}
        for label, part in kpi.parts.items():
            aggregate = part.partition(": ")[2]
            # Nothing counts and adds up to 0; it has no mean, no largest value.
            is_count = aggregate.startswith(("count(", "sum(")) or aggregate.split()[0] in (
                "stock", "start", "kept")
            value = parts[part].get((period, group))
            values[label] = Number(0 if value is None and is_count else value)
        days, months = self.lengths[period]
        values |= {"days": Number(days), "months": Number(months)}
        text = kpi.more[statistic] if statistic else kpi.value
        value = eval(text, {"__builtins__": {}}, values)
        few = kpi.answers and values[kpi.answers].value == 0 and (period, group) in hidden[kpi_name]
        if re.search(r"\bs\b", text) and values.get("currencies", Number(1)).value > 1:
            value = Number(None)
        count = None
        if kpi.count and not statistic:
            count = int(eval(kpi.count, {"__builtins__": {}}, values).value)
        return value.value, count, few


def rounded(value):
    """At most six decimals, half to even, as JSON shows them."""
    if value is None:
        return None
    scaled = round(value * 10 ** 6)  # Python rounds a fraction half to even
    return fractions.Fraction(scaled, 10 ** 6)


def compare(database, binary, store, year, limit=5, only=None):
    """Demands that the binary gives the same figures; how many were compared.

    `only`: these KPIs alone.
    """
    figures = Figures(database, year)
    catalogue = {line.split()[1]
                 for path in (oracle.ROOT / "Schemas" / "catalogue").glob("*.yaml")
                 for line in path.read_text().splitlines() if line.startswith("kpi:")}
    if missing := sorted(catalogue - set(KPIS)):
        raise SystemExit(f"KPIs without SQL: {', '.join(missing)}")
    compared, wrong = 0, []
    for by in (None, *DIMENSIONS):
        asked = [kpi for kpi in figures.asked(by) if only is None or kpi in only]
        if not asked:
            continue
        hidden = {kpi: figures.hidden(kpi, by) for kpi in asked if KPIS[kpi].answers}
        names = [name for kpi in asked
                 for name in (kpi, *(f"{kpi}.{s}" for s in KPIS[kpi].more))]
        parts = figures.parts(by)
        command = [binary, "query", *names, "--period", str(year), "--grain", "month",
                   "--format", "json"] + (["--by", by] if by else [])
        run = subprocess.run(command, check=True, capture_output=True, text=True,
                             env=os.environ | {"REKAM_STORE": str(store)})
        answer = json.loads(run.stdout, parse_float=decimal.Decimal)
        seen = set()
        for row in answer["rows"] + answer["total"]:
            group = (row[by] or "") if by and by in row else None
            if by and group is None:
                continue  # all groups together: compared without a dimension
            compared += 1
            seen.add(group or "")
            key = row["kpi"], row["period"], group or ""
            value, count, few = figures.figure(
                row["kpi"], parts, key[1], key[2], hidden)
            if fault := difference(row, value, count, few):
                wrong.append(f"  {' '.join(str(k) for k in key)}: {fault}")
        for part, values in parts.items() if only is None else ():
            for (period, group), value in values.items():
                if value and group not in seen:
                    wrong.append(f"  {by} {group!r} is not in the answer, but in {part}")
    if wrong:
        shown = "\n".join(wrong[:limit])
        raise SystemExit(f"{len(wrong)} of {compared:,} figures differ:\n{shown}")
    return compared


def difference(row, value, count, few):
    """What is wrong with a row, if anything."""
    if few:
        return None if row.get("reason") == "withheld" and row["value"] is None else \
            f"few respondents, but {row['value']}"
    scale = 1000 if row["unit"] == "duration" else 1
    wanted = None if value is None else value / scale
    found = None if row["value"] is None else fractions.Fraction(row["value"])
    if found != rounded(wanted):
        return f"SQL {wanted} (about {wanted and float(wanted)}), Rekam {row['value']}"
    if wanted is not None:
        exact = fractions.Fraction(row["numerator"]) / fractions.Fraction(row["denominator"])
        if exact != wanted:
            return f"SQL {wanted} exactly, Rekam {row['numerator']} / {row['denominator']}"
    if count is not None and row["count"] != count:
        return f"SQL counts {count}, Rekam {row['count']}"
    return None
