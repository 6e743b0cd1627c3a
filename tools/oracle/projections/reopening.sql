-- Each return of a ticket from resolved or closed to an active status.
WITH gone AS (
    SELECT DISTINCT case_id FROM happened WHERE type IN ('ticket.merged', 'ticket.removed')),
statuses AS (
    SELECT case_id, place, day, status,
        lag(status) OVER w AS ended, lag(place) OVER w AS ended_place
    FROM happened ANTI JOIN gone USING (case_id)
    WHERE type = 'ticket.status_changed'
    WINDOW w AS (PARTITION BY case_id ORDER BY place)),
-- The first active status after the first resolution is the case's first return, since nothing but
-- resolved and closed stands between; every later return has it between. So `first` is the first.
returned AS (
    SELECT *, row_number() OVER (PARTITION BY case_id ORDER BY place) AS nth
    FROM statuses WHERE status NOT IN ('resolved', 'closed') AND ended IN ('resolved', 'closed')),
in_force AS (
    SELECT case_id, place, last_value(agent IGNORE NULLS) OVER w AS agent,
        last_value(team IGNORE NULLS) OVER w AS team,
        last_value(channel IGNORE NULLS) OVER w AS channel,
        last_value(category IGNORE NULLS) OVER w AS category,
        last_value(priority IGNORE NULLS) OVER w AS priority
    FROM events SEMI JOIN returned USING (case_id)
    WHERE type IN ('ticket.opened', 'ticket.assigned', 'ticket.attributes_set')
    WINDOW w AS (PARTITION BY case_id ORDER BY place ROWS UNBOUNDED PRECEDING))
SELECT f.case_id, f.day, nullif(e.agent, '') AS agent, nullif(e.team, '') AS team,
    nullif(l.channel, '') AS channel, nullif(l.category, '') AS category, l.priority,
    CASE WHEN f.nth = 1 THEN 1 END AS first
FROM returned f
ASOF LEFT JOIN in_force e ON e.case_id = f.case_id AND e.place <= f.ended_place
ASOF LEFT JOIN in_force l ON l.case_id = f.case_id AND l.place <= f.place
