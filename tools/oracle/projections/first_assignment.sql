-- The first time an agent was named for a ticket, at the opening or later.
WITH gone AS (
    SELECT DISTINCT case_id FROM happened WHERE type IN ('ticket.merged', 'ticket.removed')),
opened AS (
    SELECT case_id, min(place) AS place, min(instant) AS instant
    FROM happened WHERE type = 'ticket.opened' GROUP BY case_id),
assigned AS (
    SELECT case_id, min(a.place) AS place, min(a.instant) - any_value(o.instant) AS wait,
        any_value(o.instant) AS opened_instant, min(a.instant) AS assigned_instant,
        arg_min(day, a.place) AS day, arg_min(local, a.place) AS local,
        arg_min(agent, a.place) AS agent
    FROM happened a JOIN opened o USING (case_id)
    WHERE type IN ('ticket.opened', 'ticket.assigned') AND agent <> '' AND a.place >= o.place
    GROUP BY case_id),
in_force AS (
    SELECT case_id, arg_max(team, s.place) AS team,
        arg_max(channel, s.place) AS channel, arg_max(category, s.place) AS category,
        arg_max(priority, s.place) AS priority
    FROM events s JOIN assigned a USING (case_id)
    WHERE type IN ('ticket.opened', 'ticket.assigned', 'ticket.attributes_set')
        AND s.place <= a.place
    GROUP BY case_id)
SELECT case_id, day, agent, nullif(team, '') AS team, nullif(channel, '') AS channel,
    nullif(category, '') AS category, priority,
    hour(local) AS hour, isodow(local) AS weekday, wait,
    business(opened_instant, assigned_instant) AS wait_business
FROM assigned ANTI JOIN gone USING (case_id) LEFT JOIN in_force USING (case_id)
