-- Each time an agent answered a call, until its end and the agent's wrap-up, each within a day.
WITH in_force AS (
    SELECT case_id, place, last_value(team IGNORE NULLS) OVER w AS team,
        last_value(channel IGNORE NULLS) OVER w AS channel,
        last_value(category IGNORE NULLS) OVER w AS category,
        last_value(customer IGNORE NULLS) OVER w AS customer
    FROM events WHERE type IN ('call.queued', 'call.answered', 'call.ended')
    WINDOW w AS (PARTITION BY case_id ORDER BY place ROWS UNBOUNDED PRECEDING)),
answered AS (
    SELECT case_id, place, instant, day, local, agent, team
    FROM happened WHERE type = 'call.answered'),
ended AS (
    SELECT case_id, place, instant, resolved FROM happened WHERE type = 'call.ended'),
wrapped AS (
    SELECT case_id, place, instant, agent FROM happened WHERE type = 'call.wrapped'),
-- The next of each kind after the answer.
followed AS (
    SELECT f.*, e.resolved, e.instant - f.instant AS to_end, w.instant - f.instant AS to_own_wrap,
        u.instant - f.instant AS to_unnamed_wrap
    FROM answered f
    ASOF LEFT JOIN ended e ON e.case_id = f.case_id AND e.place > f.place
    ASOF LEFT JOIN (FROM wrapped WHERE agent <> '') w
        ON w.case_id = f.case_id AND w.agent = f.agent AND w.place > f.place
    ASOF LEFT JOIN (FROM wrapped WHERE coalesce(agent, '') = '') u
        ON u.case_id = f.case_id AND u.place > f.place),
-- Those that came within a day of it.
timed AS (
    SELECT *, CASE WHEN to_end <= 86400000 THEN to_end END AS talk,
        CASE WHEN to_own_wrap <= 86400000 THEN to_own_wrap END AS own_wrap,
        CASE WHEN to_unnamed_wrap <= 86400000 THEN to_unnamed_wrap END AS unnamed_wrap
    FROM followed)
SELECT f.case_id, f.day, nullif(f.agent, '') AS agent,
    coalesce(nullif(f.team, ''), nullif(l.team, '')) AS team,
    nullif(l.channel, '') AS channel, nullif(l.category, '') AS category,
    NULL::VARCHAR AS priority, -- calls have none
    nullif(l.customer, '') AS customer,
    hour(f.local) AS hour, isodow(f.local) AS weekday,
    -- The agent's own wrap-up, else one that names nobody, else the end, in this order and not in
    -- that of time.
    coalesce(own_wrap, unnamed_wrap, talk) AS handle,
    business(f.instant, f.instant + coalesce(own_wrap, unnamed_wrap, talk)) AS handle_business,
    talk, CASE WHEN resolved AND talk IS NOT NULL THEN 1 END AS resolved
FROM timed f ASOF LEFT JOIN in_force l ON l.case_id = f.case_id AND l.place <= f.place
