-- The first time a ticket was resolved or closed, whatever came later.
WITH gone AS (
    SELECT DISTINCT case_id FROM happened WHERE type IN ('ticket.merged', 'ticket.removed')),
opened AS (
    SELECT case_id, min(place) AS place, min(instant) AS instant
    FROM happened ANTI JOIN gone USING (case_id)
    WHERE type = 'ticket.opened' GROUP BY case_id),
solved AS (
    SELECT case_id, min(s.place) AS place, min(s.instant) AS instant,
        any_value(o.place) AS opened_place, any_value(o.instant) AS opened_instant,
        min(s.instant) - any_value(o.instant) AS time,
        arg_min(day, s.place) AS day, arg_min(local, s.place) AS local
    FROM happened s JOIN opened o USING (case_id)
    WHERE type = 'ticket.status_changed' AND status IN ('resolved', 'closed')
        AND s.place > o.place
    GROUP BY case_id),
holder AS (
    SELECT case_id, min(h.place) AS holder_place, arg_min(agent, h.place) AS holder_agent
    FROM happened h JOIN solved s USING (case_id)
    WHERE type IN ('ticket.opened', 'ticket.assigned') AND agent <> ''
        AND h.place >= s.opened_place
    GROUP BY case_id),
keeper AS (
    SELECT case_id, min(h.place) AS keeper_place, arg_min(team, h.place) AS keeper_team
    FROM happened h JOIN solved s USING (case_id)
    WHERE type IN ('ticket.opened', 'ticket.assigned') AND team <> ''
        AND h.place >= s.opened_place
    GROUP BY case_id),
-- One pass over each solved ticket's events for everything that is asked about them.
looked AS (
    SELECT case_id, any_value(s.day) AS day, any_value(s.local) AS local,
        any_value(s.time) AS time,
        any_value(s.opened_instant) AS opened_instant, any_value(s.instant) AS solved_instant,
        arg_max(agent, e.place) FILTER (e.place <= s.place AND type IN (
            'ticket.opened', 'ticket.assigned')) AS agent,
        arg_max(team, e.place) FILTER (e.place <= s.place AND type IN (
            'ticket.opened', 'ticket.assigned')) AS team,
        arg_max(channel, e.place) FILTER (e.place <= s.place AND type IN (
            'ticket.opened', 'ticket.attributes_set')) AS channel,
        arg_max(category, e.place) FILTER (e.place <= s.place) AS category,
        arg_max(priority, e.place) FILTER (e.place <= s.place) AS priority,
        count(*) FILTER (type = 'message.posted'
            AND e.place > s.opened_place AND e.place < s.place) AS replies,
        -- An escalation, another agent or team, a return to work or a later case about the matter.
        count(*) FILTER (NOT silent AND (
            (type = 'ticket.escalated' AND e.place > s.opened_place AND e.place < s.place)
            OR (type = 'ticket.assigned' AND agent <> '' AND agent <> holder_agent
                AND e.place > holder_place AND e.place < s.place)
            OR (type = 'ticket.assigned' AND team <> '' AND team <> keeper_team
                AND e.place > keeper_place AND e.place < s.place)
            OR (type IN ('ticket.status_changed', 'ticket.followed_up') AND e.place > s.place
                AND e.instant - s.instant <= 604800000))) AS hindrances
    FROM events e JOIN solved s USING (case_id) LEFT JOIN holder USING (case_id)
        LEFT JOIN keeper USING (case_id)
    WHERE type IN ('ticket.opened', 'ticket.assigned', 'ticket.attributes_set',
                   'ticket.escalated', 'ticket.followed_up')
        OR (type = 'ticket.status_changed' AND status NOT IN ('resolved', 'closed'))
        OR (type = 'message.posted' AND direction = 'out' AND visibility = 'public'
            AND actor_kind = 'agent' AND automatic IS NOT TRUE)
    GROUP BY case_id)
SELECT case_id, day, nullif(agent, '') AS agent, nullif(team, '') AS team,
    nullif(channel, '') AS channel, nullif(category, '') AS category, priority,
    hour(local) AS hour, isodow(local) AS weekday, time,
    business(opened_instant, solved_instant) AS time_business,
    CASE WHEN replies <= 1 AND hindrances = 0 THEN 1 END AS first_contact
FROM looked
