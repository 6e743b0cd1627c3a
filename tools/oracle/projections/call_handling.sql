-- Each time an agent answered a call, until its end and the agent's wrap-up.
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
    SELECT case_id, place, instant, agent FROM happened WHERE type = 'call.wrapped')
SELECT f.case_id, f.day, nullif(f.agent, '') AS agent,
    coalesce(nullif(f.team, ''), nullif(l.team, '')) AS team,
    nullif(l.channel, '') AS channel, nullif(l.category, '') AS category,
    NULL::VARCHAR AS priority, -- calls have none
    nullif(l.customer, '') AS customer,
    hour(f.local) AS hour, isodow(f.local) AS weekday,
    -- The agent's own wrap-up, else one that names nobody, else the end, in this order and not in
    -- that of time.
    coalesce(w.instant, u.instant, e.instant) - f.instant AS handle,
    business(f.instant, coalesce(w.instant, u.instant, e.instant)) AS handle_business,
    e.instant - f.instant AS talk,
    CASE WHEN e.resolved THEN 1 END AS resolved
FROM answered f
ASOF LEFT JOIN in_force l ON l.case_id = f.case_id AND l.place <= f.place
ASOF LEFT JOIN ended e ON e.case_id = f.case_id AND e.place > f.place
ASOF LEFT JOIN (FROM wrapped WHERE agent <> '') w
    ON w.case_id = f.case_id AND w.agent = f.agent AND w.place > f.place
ASOF LEFT JOIN (FROM wrapped WHERE coalesce(agent, '') = '') u
    ON u.case_id = f.case_id AND u.place > f.place
