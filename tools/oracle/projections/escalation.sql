-- Each escalation of a ticket, credited to those it was escalated from.
WITH gone AS (
    SELECT DISTINCT case_id FROM happened WHERE type IN ('ticket.merged', 'ticket.removed')),
escalated AS (
    SELECT case_id, place, day, from_agent, from_team, trigger,
        row_number() OVER (PARTITION BY case_id ORDER BY place) AS nth
    FROM happened ANTI JOIN gone USING (case_id)
    WHERE type = 'ticket.escalated'),
-- An escalation's own to_agent and to_team are other fields: they set nothing in force.
in_force AS (
    SELECT case_id, place, last_value(agent IGNORE NULLS) OVER w AS agent,
        last_value(team IGNORE NULLS) OVER w AS team,
        last_value(channel IGNORE NULLS) OVER w AS channel,
        last_value(category IGNORE NULLS) OVER w AS category,
        last_value(priority IGNORE NULLS) OVER w AS priority
    FROM events SEMI JOIN escalated USING (case_id)
    WHERE type IN ('ticket.opened', 'ticket.assigned', 'ticket.attributes_set')
    WINDOW w AS (PARTITION BY case_id ORDER BY place ROWS UNBOUNDED PRECEDING))
SELECT f.case_id, f.day, coalesce(nullif(f.from_agent, ''), nullif(l.agent, '')) AS agent,
    coalesce(nullif(f.from_team, ''), nullif(l.team, '')) AS team,
    nullif(l.channel, '') AS channel, nullif(l.category, '') AS category, l.priority, f.trigger,
    CASE WHEN f.nth = 1 THEN 1 END AS first
FROM escalated f ASOF LEFT JOIN in_force l ON l.case_id = f.case_id AND l.place <= f.place
