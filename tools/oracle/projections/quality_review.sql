-- Each quality review of a ticket or call, credited to the agent reviewed.
WITH gone AS (
    SELECT DISTINCT case_id FROM happened WHERE type IN ('ticket.merged', 'ticket.removed')),
reviewed AS (
    SELECT case_id, place, day, agent, reviewer, score, maximum, escalation_justified
    FROM happened ANTI JOIN gone USING (case_id)
    WHERE type = 'quality.reviewed' AND case_kind IN ('ticket', 'call')),
-- Of tickets and calls: what ticket.… and call.… set.
in_force AS (
    SELECT case_id, place, last_value(team IGNORE NULLS) OVER w AS team,
        last_value(channel IGNORE NULLS) OVER w AS channel,
        last_value(category IGNORE NULLS) OVER w AS category
    FROM events SEMI JOIN reviewed USING (case_id)
    WHERE type IN ('ticket.opened', 'ticket.assigned', 'ticket.attributes_set', 'call.queued',
                   'call.answered', 'call.ended')
    WINDOW w AS (PARTITION BY case_id ORDER BY place ROWS UNBOUNDED PRECEDING))
SELECT f.case_id, f.day, nullif(f.agent, '') AS agent, nullif(l.team, '') AS team,
    nullif(l.channel, '') AS channel, nullif(l.category, '') AS category,
    nullif(f.reviewer, '') AS reviewer, f.score, f.maximum,
    CASE WHEN f.escalation_justified IS NOT NULL THEN 1 END AS judged,
    CASE WHEN f.escalation_justified THEN 1 END AS justified
FROM reviewed f ASOF LEFT JOIN in_force l ON l.case_id = f.case_id AND l.place <= f.place
