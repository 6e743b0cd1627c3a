-- Satisfaction surveys sent, and whether an answer came in time.
WITH gone AS (
    SELECT DISTINCT case_id FROM happened WHERE type IN ('ticket.merged', 'ticket.removed')),
-- Sendings and answers of one survey in one case, in order.
walked AS (
    SELECT case_id, type, place, instant, day, agent, team, channel, customer, about, via,
        valid_days,
        lag(type) OVER w AS before,
        first_value(CASE WHEN type = 'survey.answered' THEN instant END IGNORE NULLS)
            OVER (w ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS answer_instant,
        bool_or(type = 'survey.sent')
            OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS was_sent
    FROM happened ANTI JOIN gone USING (case_id)
    WHERE type IN ('survey.sent', 'survey.answered') AND kind = 'csat'
        AND case_kind IN ('ticket', 'call', 'customer')
    WINDOW w AS (PARTITION BY case_id, survey ORDER BY place)),
-- A reminder follows an earlier sending without an answer in between.
sent AS (
    SELECT * FROM walked
    WHERE type = 'survey.sent' AND (was_sent IS NOT TRUE OR before = 'survey.answered')),
-- Of tickets, calls and customers: what ticket.…, call.… and customer.… set.
in_force AS (
    SELECT case_id, place, last_value(agent IGNORE NULLS) OVER w AS agent,
        last_value(team IGNORE NULLS) OVER w AS team,
        last_value(channel IGNORE NULLS) OVER w AS channel,
        last_value(category IGNORE NULLS) OVER w AS category,
        last_value(priority IGNORE NULLS) OVER w AS priority,
        last_value(customer IGNORE NULLS) OVER w AS customer
    FROM events SEMI JOIN sent USING (case_id)
    WHERE type IN ('ticket.opened', 'ticket.assigned', 'ticket.attributes_set', 'call.queued',
                   'call.answered', 'call.ended', 'call.wrapped', 'customer.subscribed',
                   'customer.purchased')
    WINDOW w AS (PARTITION BY case_id ORDER BY place ROWS UNBOUNDED PRECEDING))
SELECT f.case_id, f.day, coalesce(nullif(f.agent, ''), nullif(l.agent, '')) AS agent,
    coalesce(nullif(f.team, ''), nullif(l.team, '')) AS team,
    coalesce(nullif(f.channel, ''), nullif(l.channel, '')) AS channel,
    nullif(l.category, '') AS category, l.priority, f.about, f.via,
    f.valid_days, coalesce(nullif(f.customer, ''), nullif(l.customer, '')) AS customer,
    CASE WHEN f.answer_instant - f.instant <= coalesce(f.valid_days, 14) * 86400000 THEN 1 END
        AS answered
FROM sent f ASOF LEFT JOIN in_force l ON l.case_id = f.case_id AND l.place <= f.place
