-- Tickets that are open, by who holds them and what they are, day by day.
-- From the opening on, each event that can change what is in force starts a stretch that lasts
-- until the next one: it enters on its day and leaves on the next one's. A stretch that changes
-- nothing leaves and enters on one day, which adds nothing to any cell.
WITH gone AS (
    SELECT DISTINCT case_id FROM happened WHERE type IN ('ticket.merged', 'ticket.removed')),
stretches AS (
    SELECT case_id, day, lead(day) OVER w AS until,
        last_value(agent IGNORE NULLS) OVER (w ROWS UNBOUNDED PRECEDING) AS agent,
        last_value(team IGNORE NULLS) OVER (w ROWS UNBOUNDED PRECEDING) AS team,
        last_value(channel IGNORE NULLS) OVER (w ROWS UNBOUNDED PRECEDING) AS channel,
        last_value(category IGNORE NULLS) OVER (w ROWS UNBOUNDED PRECEDING) AS category,
        last_value(priority IGNORE NULLS) OVER (w ROWS UNBOUNDED PRECEDING) AS priority,
        last_value(status IGNORE NULLS) OVER (w ROWS UNBOUNDED PRECEDING) AS status,
        bool_or(type = 'ticket.opened') OVER (w ROWS UNBOUNDED PRECEDING) AS has_begun
    FROM events ANTI JOIN gone USING (case_id)
    WHERE type IN ('ticket.opened', 'ticket.assigned', 'ticket.attributes_set',
                   'ticket.status_changed')
    WINDOW w AS (PARTITION BY case_id ORDER BY place)),
open AS (
    SELECT case_id, day, until, nullif(agent, '') AS agent, nullif(team, '') AS team,
        nullif(channel, '') AS channel, nullif(category, '') AS category, priority
    FROM stretches
    WHERE has_begun AND (status IS NULL OR status NOT IN ('resolved', 'closed')))
SELECT case_id, day, agent, team, channel, category, priority, 1 AS weight FROM open
UNION ALL
SELECT case_id, until, agent, team, channel, category, priority, -1 FROM open
WHERE until IS NOT NULL
