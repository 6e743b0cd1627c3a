-- First public replies by a human to tickets with a first-response target, and whether in time.
WITH gone AS (
    SELECT DISTINCT case_id FROM happened WHERE type IN ('ticket.merged', 'ticket.removed')),
opened AS (
    SELECT case_id, min(place) AS place, min(instant) AS instant
    FROM happened ANTI JOIN gone USING (case_id)
    WHERE type = 'ticket.opened' GROUP BY case_id),
answer AS (
    SELECT case_id, min(m.place) AS place, min(m.instant) AS instant,
        any_value(o.instant) AS opened_instant,
        arg_min(struct_pack(day, actor), m.place) AS a
    FROM happened m JOIN opened o USING (case_id)
    WHERE type = 'message.posted' AND direction = 'out' AND visibility = 'public'
        AND actor_kind = 'agent' AND automatic IS NOT TRUE AND m.place > o.place
    GROUP BY case_id),
-- The last target before the answer, not cancelled between the two (a target given anew after a
-- cancellation is a later one, so the last cancellation decides).
targeted AS (
    SELECT case_id,
        arg_max(struct_pack(policy, target_milliseconds, pauses_pending, pauses_hold,
            calendar), e.place)
            FILTER (type = 'sla.applied') AS target
    FROM happened e JOIN answer a USING (case_id)
    WHERE type IN ('sla.applied', 'sla.cancelled') AND metric = 'first_response'
        AND e.place < a.place
    GROUP BY case_id
    HAVING max(e.place) FILTER (type = 'sla.applied')
        > coalesce(max(e.place) FILTER (type = 'sla.cancelled'), -1)),
statuses AS (
    SELECT case_id, instant, status,
        lead(instant) OVER (PARTITION BY case_id ORDER BY place) AS until
    FROM events SEMI JOIN targeted USING (case_id) WHERE type = 'ticket.status_changed'),
paused AS (
    SELECT case_id, sum(open_time(called, starts, ends)) FILTER (status = 'pending') AS pending,
        sum(open_time(called, starts, ends)) FILTER (status = 'hold') AS hold,
        sum(open_time(called, starts, ends)) FILTER (status IN ('resolved', 'closed')) AS done
    FROM (SELECT case_id, status, greatest(s.instant, a.opened_instant) AS starts,
              greatest(starts, least(until, a.instant)) AS ends,
              calendar_of(target.calendar) AS called
          FROM statuses s JOIN answer a USING (case_id)
          JOIN targeted USING (case_id)
          WHERE status IN ('pending', 'hold', 'resolved', 'closed'))
    GROUP BY case_id),
escalated AS (
    SELECT case_id, arg_min(trigger, e.place) AS escalation
    FROM happened e JOIN answer s USING (case_id)
    WHERE type = 'ticket.escalated' AND e.place < s.place GROUP BY case_id),
in_force AS (
    SELECT case_id, arg_max(agent, s.place) AS agent, arg_max(team, s.place) AS team,
        arg_max(channel, s.place) AS channel, arg_max(category, s.place) AS category,
        arg_max(priority, s.place) AS priority
    FROM events s JOIN answer a USING (case_id)
    WHERE type IN ('ticket.opened', 'ticket.assigned', 'ticket.attributes_set')
        AND s.place <= a.place
    GROUP BY case_id)
SELECT case_id, a.day, coalesce(nullif(a.actor, ''), nullif(agent, '')) AS agent,
    nullif(team, '') AS team, nullif(channel, '') AS channel, nullif(category, '') AS category,
    priority, nullif(target.policy, '') AS policy, escalation,
    CASE WHEN open_time(calendar_of(target.calendar), opened_instant, instant) - coalesce(done, 0)
        - CASE WHEN target.pauses_pending THEN coalesce(pending, 0) ELSE 0 END
        - CASE WHEN target.pauses_hold THEN coalesce(hold, 0) ELSE 0 END
        <= target.target_milliseconds THEN 1 END AS met
FROM answer JOIN targeted USING (case_id) LEFT JOIN paused USING (case_id)
LEFT JOIN in_force USING (case_id) LEFT JOIN escalated USING (case_id)
