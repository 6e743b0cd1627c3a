-- The last answer in each round of a satisfaction survey (scale 1 to 5), on the day of its first.
WITH answered AS (FROM answered_rounds('csat', 1, 5)),
-- Of tickets, calls and customers: what ticket.…, call.… and customer.… set. (A customer's events
-- name no agent, team, category or priority.)
in_force AS (
    SELECT case_id, place, last_value(agent IGNORE NULLS) OVER w AS agent,
        last_value(team IGNORE NULLS) OVER w AS team,
        last_value(channel IGNORE NULLS) OVER w AS channel,
        last_value(category IGNORE NULLS) OVER w AS category,
        last_value(priority IGNORE NULLS) OVER w AS priority,
        last_value(customer IGNORE NULLS) OVER w AS customer
    FROM events SEMI JOIN answered USING (case_id)
    WHERE type IN ('ticket.opened', 'ticket.assigned', 'ticket.attributes_set', 'call.queued',
                   'call.answered', 'call.ended', 'call.wrapped', 'customer.subscribed',
                   'customer.purchased')
    WINDOW w AS (PARTITION BY case_id ORDER BY place ROWS UNBOUNDED PRECEDING)),
-- What caused the first escalation, where that came before the round's first answer.
escalated AS (
    SELECT case_id, min(place) AS place, arg_min(trigger, place) AS trigger
    FROM happened WHERE type = 'ticket.escalated' GROUP BY case_id)
SELECT f.case_id, f.day,
    coalesce(nullif(sent.agent, ''), nullif(last.agent, ''), nullif(s.agent, ''),
             nullif(l.agent, '')) AS agent,
    coalesce(nullif(sent.team, ''), nullif(last.team, ''), nullif(s.team, ''),
             nullif(l.team, '')) AS team,
    coalesce(nullif(sent.channel, ''), nullif(last.channel, ''), nullif(l.channel, '')) AS channel,
    nullif(l.category, '') AS category, l.priority, coalesce(last.about, sent.about) AS about,
    coalesce(last.via, sent.via) AS via, e.trigger AS escalation,
    sent.valid_days AS valid_days, CASE WHEN last.score >= 4 THEN 1 END AS satisfied,
    last.score AS score,
    CASE WHEN sent.place IS NOT NULL AND last.score >= 4
        THEN coalesce(nullif(sent.customer, ''), nullif(l.customer, '')) END AS satisfied_customer
FROM answered f
ASOF LEFT JOIN in_force s ON s.case_id = f.case_id AND s.place <= f.sent.place
ASOF LEFT JOIN in_force l ON l.case_id = f.case_id AND l.place <= f.place
LEFT JOIN escalated e ON e.case_id = f.case_id AND e.place < f.place
