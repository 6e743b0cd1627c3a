-- The last answer in each round of an effort survey (scale 1 to 7), on the day of its first.
WITH answered AS (FROM answered_rounds('ces', 1, 7)),
-- Of tickets, calls and customers: what ticket.…, call.… and customer.… set.
in_force AS (
    SELECT case_id, place, last_value(agent IGNORE NULLS) OVER w AS agent,
        last_value(team IGNORE NULLS) OVER w AS team,
        last_value(channel IGNORE NULLS) OVER w AS channel,
        last_value(category IGNORE NULLS) OVER w AS category
    FROM events SEMI JOIN answered USING (case_id)
    WHERE type IN ('ticket.opened', 'ticket.assigned', 'ticket.attributes_set', 'call.queued',
                   'call.answered', 'call.ended', 'call.wrapped', 'customer.subscribed',
                   'customer.purchased')
    WINDOW w AS (PARTITION BY case_id ORDER BY place ROWS UNBOUNDED PRECEDING))
SELECT f.case_id, f.day,
    coalesce(nullif(sent.agent, ''), nullif(last.agent, ''), nullif(s.agent, ''),
             nullif(l.agent, '')) AS agent,
    coalesce(nullif(sent.team, ''), nullif(last.team, ''), nullif(s.team, ''),
             nullif(l.team, '')) AS team,
    coalesce(nullif(sent.channel, ''), nullif(last.channel, ''), nullif(l.channel, '')) AS channel,
    nullif(l.category, '') AS category, coalesce(last.about, sent.about) AS about,
    coalesce(last.via, sent.via) AS via, sent.valid_days AS valid_days, last.score AS score,
    CASE WHEN last.score >= 5 THEN 1 END AS easy
FROM answered f
ASOF LEFT JOIN in_force s ON s.case_id = f.case_id AND s.place <= f.sent.place
ASOF LEFT JOIN in_force l ON l.case_id = f.case_id AND l.place <= f.place
