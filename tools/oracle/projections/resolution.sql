-- The last resolution of a ticket that was not reopened after it; a ticket closed without having
-- been resolved counts from its closing.
WITH gone AS (
    SELECT DISTINCT case_id FROM happened WHERE type IN ('ticket.merged', 'ticket.removed')),
opened AS (
    SELECT case_id, min(place) AS place, min(instant) AS instant
    FROM happened ANTI JOIN gone USING (case_id)
    WHERE type = 'ticket.opened' GROUP BY case_id),
-- A status is in force from its event until the next one's.
statuses AS (
    SELECT case_id, place, instant, day, local, status, silent,
        lead(instant) OVER (PARTITION BY case_id ORDER BY place) AS until
    FROM events SEMI JOIN opened USING (case_id) WHERE type = 'ticket.status_changed'),
active AS (
    SELECT case_id, max(place) AS place FROM statuses
    WHERE NOT silent AND status NOT IN ('resolved', 'closed') GROUP BY case_id),
-- Since the last active status: the last resolution, else the first closing.
ended AS (
    SELECT case_id,
        max(s.place) FILTER (status = 'resolved') AS resolved,
        min(s.place) AS closed,
        arg_max(struct_pack(instant, day, local), s.place) FILTER (status = 'resolved') AS r,
        arg_min(struct_pack(instant, day, local), s.place) AS c
    FROM statuses s LEFT JOIN active a USING (case_id)
    WHERE NOT silent AND (s.place > a.place OR a.place IS NULL)
    GROUP BY case_id),
solved AS (
    SELECT case_id, o.place AS opened_place, o.instant AS opened_instant,
        coalesce(resolved, closed) AS place, coalesce(r, c).instant AS instant,
        coalesce(r, c).day AS day, coalesce(r, c).local AS local
    FROM ended JOIN opened o USING (case_id)),
timed AS (
    SELECT *, CASE WHEN instant >= opened_instant THEN business(opened_instant, instant) END
        AS time_business
    FROM solved),
paused AS (
    SELECT case_id,
        sum(ends - starts) FILTER (status <> 'hold') AS off_requester,
        sum(ends - starts) FILTER (status = 'hold') AS on_hold,
        sum(business(starts, ends)) FILTER (status <> 'hold') AS off_requester_business,
        sum(business(starts, ends)) FILTER (status = 'hold') AS on_hold_business
    FROM (SELECT case_id, status, greatest(s.instant, v.opened_instant) AS starts,
              greatest(starts, least(until, v.instant)) AS ends
          FROM statuses s JOIN solved v USING (case_id)
          WHERE status IN ('pending', 'hold', 'resolved', 'closed'))
    GROUP BY case_id),
looked AS (
    SELECT case_id,
        arg_max(agent, e.place) FILTER (type IN ('ticket.opened', 'ticket.assigned')) AS agent,
        arg_max(team, e.place) FILTER (type IN ('ticket.opened', 'ticket.assigned')) AS team,
        arg_max(channel, e.place) FILTER (type <> 'message.posted') AS channel,
        arg_max(category, e.place) AS category,
        arg_max(priority, e.place) AS priority,
        count(*) FILTER (type = 'message.posted' AND e.place > s.opened_place) AS replies,
        min(e.instant) FILTER (type = 'ticket.escalated' AND NOT silent) AS escalated,
        arg_min(trigger, e.place) FILTER (type = 'ticket.escalated' AND NOT silent) AS escalation
    FROM events e JOIN solved s USING (case_id)
    WHERE e.place <= s.place AND (
        type IN ('ticket.opened', 'ticket.assigned', 'ticket.attributes_set', 'ticket.escalated')
        OR (type = 'message.posted' AND direction = 'out' AND visibility = 'public'
            AND actor_kind = 'agent' AND automatic IS NOT TRUE))
    GROUP BY case_id)
SELECT case_id, day, nullif(agent, '') AS agent, nullif(team, '') AS team,
    nullif(channel, '') AS channel, nullif(category, '') AS category, priority,
    escalation, hour(local) AS hour, isodow(local) AS weekday,
    -- A ticket resolved before it was opened has no length of time.
    CASE WHEN instant >= opened_instant THEN instant - opened_instant END AS time,
    (time - coalesce(off_requester, 0))::BIGINT AS requester_wait,
    CASE WHEN instant >= opened_instant THEN coalesce(on_hold, 0)::BIGINT END AS on_hold,
    instant - escalated AS since_escalation,
    time_business,
    (time_business - coalesce(off_requester_business, 0))::BIGINT AS requester_wait_business,
    CASE WHEN instant >= opened_instant THEN coalesce(on_hold_business, 0)::BIGINT END
        AS on_hold_business,
    business(escalated, instant) AS since_escalation_business,
    CASE WHEN replies = 1 THEN 1 END AS one_touch
FROM timed LEFT JOIN paused USING (case_id) LEFT JOIN looked USING (case_id)
