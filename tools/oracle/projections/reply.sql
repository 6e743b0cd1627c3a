-- Each public reply by a human; its wait runs from the customer's earliest message not answered
-- before, or from the opening by the customer where that was not answered before.
WITH gone AS (
    SELECT DISTINCT case_id FROM happened WHERE type IN ('ticket.merged', 'ticket.removed')),
chosen AS (
    SELECT case_id, type, place, instant, day, local, actor, origin, silent,
        agent, team, category, priority, customer,
        -- A message's channel is its own, not the ticket's.
        CASE WHEN type <> 'message.posted' THEN channel END AS channel,
        type = 'message.posted' AND direction = 'out' AS is_reply
    FROM events ANTI JOIN gone USING (case_id)
    WHERE type IN ('ticket.opened', 'ticket.assigned', 'ticket.attributes_set')
        OR (type = 'message.posted' AND direction = 'out' AND visibility = 'public'
            AND actor_kind = 'agent' AND automatic IS NOT TRUE)
        OR (type = 'message.posted' AND direction = 'in' AND actor_kind = 'customer')),
walked AS (
    SELECT case_id, type, place, instant, day, local, actor, origin, silent, is_reply,
        count(*) FILTER (is_reply) OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
            AS replies_before,
        last_value(agent IGNORE NULLS) OVER (w ROWS UNBOUNDED PRECEDING) AS agent,
        last_value(team IGNORE NULLS) OVER (w ROWS UNBOUNDED PRECEDING) AS team,
        last_value(channel IGNORE NULLS) OVER (w ROWS UNBOUNDED PRECEDING) AS channel,
        last_value(category IGNORE NULLS) OVER (w ROWS UNBOUNDED PRECEDING) AS category,
        last_value(priority IGNORE NULLS) OVER (w ROWS UNBOUNDED PRECEDING) AS priority,
        last_value(customer IGNORE NULLS) OVER (w ROWS UNBOUNDED PRECEDING) AS customer
    FROM chosen WINDOW w AS (PARTITION BY case_id ORDER BY place)),
-- What was asked between one reply and the next; first in order is first in time.
asked AS (
    SELECT case_id, replies_before,
        coalesce(min(instant) FILTER (type = 'ticket.opened'),
                 min(instant) FILTER (type = 'message.posted')) AS instant
    FROM walked
    WHERE NOT is_reply AND NOT silent AND (type = 'message.posted' OR origin = 'customer')
    GROUP BY ALL)
SELECT case_id, f.day, coalesce(nullif(f.actor, ''), nullif(f.agent, '')) AS agent,
    nullif(f.team, '') AS team, nullif(f.channel, '') AS channel,
    nullif(f.category, '') AS category, f.priority,
    hour(f.local) AS hour, isodow(f.local) AS weekday, f.instant - asked.instant AS wait,
    business(asked.instant, f.instant) AS wait_business,
    nullif(f.customer, '') AS customer
FROM walked f LEFT JOIN asked USING (case_id, replies_before)
WHERE f.is_reply
