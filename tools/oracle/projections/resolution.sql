-- Each resolution of a ticket that was not reopened within seven days; a ticket closed without
-- having been resolved counts from its closing.
WITH gone AS (
    SELECT DISTINCT case_id FROM happened WHERE type IN ('ticket.merged', 'ticket.removed')),
opened AS (
    SELECT case_id, min(place) AS opened_place, min(instant) AS opened_instant
    FROM happened ANTI JOIN gone USING (case_id)
    WHERE type = 'ticket.opened' GROUP BY case_id),
changes AS (
    SELECT case_id, place, instant, day, local, status IN ('resolved', 'closed') AS is_done,
        lag(is_done) OVER w AS was_done,
        first_value(CASE WHEN NOT is_done THEN instant END IGNORE NULLS)
            OVER (w ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS active_again
    FROM happened SEMI JOIN opened USING (case_id) WHERE type = 'ticket.status_changed'
    WINDOW w AS (PARTITION BY case_id ORDER BY place)),
solved AS (
    SELECT case_id, place, instant, day, local, opened_place, opened_instant
    FROM changes JOIN opened USING (case_id)
    WHERE is_done AND was_done IS NOT TRUE AND place > opened_place
        AND (active_again IS NULL OR active_again - instant > 604800000)),
timed AS (SELECT *, business(opened_instant, instant) AS time_business FROM solved),
-- A status is in force from its event until the next one's.
statuses AS (
    SELECT case_id, status, instant,
        lead(instant) OVER (PARTITION BY case_id ORDER BY place) AS until
    FROM events SEMI JOIN solved USING (case_id) WHERE type = 'ticket.status_changed'),
paused AS (
    SELECT case_id, place,
        sum(ends - starts) FILTER (status <> 'hold') AS off_requester,
        sum(ends - starts) FILTER (status = 'hold') AS on_hold,
        sum(business(starts, ends)) FILTER (status <> 'hold') AS off_requester_business,
        sum(business(starts, ends)) FILTER (status = 'hold') AS on_hold_business
    FROM (SELECT case_id, v.place, status, greatest(s.instant, v.opened_instant) AS starts,
              greatest(starts, least(until, v.instant)) AS ends
          FROM statuses s JOIN solved v USING (case_id)
          WHERE status IN ('pending', 'hold', 'resolved', 'closed') AND s.instant < v.instant)
    GROUP BY case_id, place),
looked AS (
    SELECT case_id, s.place,
        arg_max(agent, e.place) FILTER (type IN ('ticket.opened', 'ticket.assigned')) AS agent,
        arg_max(team, e.place) FILTER (type IN ('ticket.opened', 'ticket.assigned')) AS team,
        arg_max(channel, e.place) FILTER (type <> 'message.posted') AS channel,
        arg_max(category, e.place) AS category,
        arg_max(priority, e.place) AS priority,
        count(*) FILTER (type = 'message.posted' AND e.place > s.opened_place) AS replies,
        min(e.instant) FILTER (type = 'ticket.escalated' AND NOT silent) AS escalated,
        arg_min(trigger, e.place) FILTER (type = 'ticket.escalated' AND NOT silent) AS escalation
    FROM events e JOIN solved s USING (case_id)
    WHERE e.place < s.place AND (
        type IN ('ticket.opened', 'ticket.assigned', 'ticket.attributes_set', 'ticket.escalated')
        OR (type = 'message.posted' AND direction = 'out' AND visibility = 'public'
            AND actor_kind = 'agent' AND automatic IS NOT TRUE))
    GROUP BY case_id, s.place)
SELECT case_id, day, nullif(agent, '') AS agent, nullif(team, '') AS team,
    nullif(channel, '') AS channel, nullif(category, '') AS category, priority,
    escalation, hour(local) AS hour, isodow(local) AS weekday,
    instant - opened_instant AS time,
    (time - coalesce(off_requester, 0))::BIGINT AS requester_wait,
    coalesce(on_hold, 0)::BIGINT AS on_hold,
    instant - escalated AS since_escalation,
    time_business,
    (time_business - coalesce(off_requester_business, 0))::BIGINT AS requester_wait_business,
    coalesce(on_hold_business, 0)::BIGINT AS on_hold_business,
    business(escalated, instant) AS since_escalation_business,
    CASE WHEN replies = 1 THEN 1 END AS one_touch
FROM timed LEFT JOIN paused USING (case_id, place) LEFT JOIN looked USING (case_id, place)
