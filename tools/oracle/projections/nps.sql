-- The last answer in each round of a recommendation survey (0 to 10), on the day of its first.
WITH answered AS (FROM answered_rounds('nps', 0, 10)),
-- Of tickets, calls and customers: what ticket.…, call.… and customer.… set. (A customer's events
-- name no agent or team.)
in_force AS (
    SELECT case_id, place, last_value(agent IGNORE NULLS) OVER w AS agent,
        last_value(team IGNORE NULLS) OVER w AS team,
        last_value(channel IGNORE NULLS) OVER w AS channel
    FROM events SEMI JOIN answered USING (case_id)
    WHERE type IN ('ticket.opened', 'ticket.assigned', 'ticket.attributes_set', 'call.queued',
                   'call.answered', 'call.ended', 'call.wrapped', 'customer.subscribed',
                   'customer.purchased')
    WINDOW w AS (PARTITION BY case_id ORDER BY place ROWS UNBOUNDED PRECEDING))
SELECT f.case_id, f.day,
    coalesce(nullif(sent.agent, ''), nullif(last.agent, ''), nullif(l.agent, '')) AS agent,
    coalesce(nullif(sent.team, ''), nullif(last.team, ''), nullif(l.team, '')) AS team,
    coalesce(nullif(sent.channel, ''), nullif(last.channel, ''), nullif(l.channel, '')) AS channel,
    survey, coalesce(last.about, sent.about) AS about, coalesce(last.via, sent.via) AS via,
    sent.valid_days AS valid_days,
    CASE WHEN last.score BETWEEN 9 AND 10 THEN 1 END AS promoter,
    CASE WHEN last.score BETWEEN 7 AND 8 THEN 1 END AS passive,
    CASE WHEN last.score BETWEEN 0 AND 6 THEN 1 END AS detractor
FROM answered f ASOF LEFT JOIN in_force l ON l.case_id = f.case_id AND l.place <= f.place
