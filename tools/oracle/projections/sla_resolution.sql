-- Resolutions not reopened within seven days, of tickets with a resolution target, and whether in
-- time.
WITH gone AS (
    SELECT DISTINCT case_id FROM happened WHERE type IN ('ticket.merged', 'ticket.removed')),
opened AS (
    SELECT case_id, min(place) AS opened_place, min(instant) AS opened_instant
    FROM happened ANTI JOIN gone USING (case_id)
    WHERE type = 'ticket.opened' GROUP BY case_id),
changes AS (
    SELECT case_id, place, instant, day, status,
        lag(status) OVER (PARTITION BY case_id ORDER BY place) AS before
    FROM happened SEMI JOIN opened USING (case_id) WHERE type = 'ticket.status_changed'),
active AS (FROM changes WHERE status NOT IN ('resolved', 'closed')),
-- Resolved or closed, coming from another status or none, and not active in the seven days after.
solved AS (
    SELECT case_id, c.place, c.instant, c.day, opened_instant
    FROM changes c JOIN opened USING (case_id)
    WHERE c.status IN ('resolved', 'closed') AND c.place > opened_place
        AND (c.before IS NULL OR c.before NOT IN ('resolved', 'closed'))
        AND NOT EXISTS (FROM active a WHERE a.case_id = c.case_id AND a.place > c.place
            AND a.instant <= c.instant + 604800000)),
-- The last target before the solution, not cancelled between the two.
targeted AS (
    SELECT case_id, s.place,
        arg_max(struct_pack(policy, target_milliseconds, pauses_pending, pauses_hold,
            calendar), e.place)
            FILTER (type = 'sla.applied') AS target
    FROM happened e JOIN solved s USING (case_id)
    WHERE type IN ('sla.applied', 'sla.cancelled') AND metric = 'resolution' AND e.place < s.place
    GROUP BY case_id, s.place
    HAVING max(e.place) FILTER (type = 'sla.applied')
        > coalesce(max(e.place) FILTER (type = 'sla.cancelled'), -1)),
statuses AS (
    SELECT case_id, instant, status,
        lead(instant) OVER (PARTITION BY case_id ORDER BY place) AS until
    FROM events SEMI JOIN targeted USING (case_id) WHERE type = 'ticket.status_changed'),
paused AS (
    SELECT case_id, place,
        sum(open_time(called, starts, ends)) FILTER (status = 'pending') AS pending,
        sum(open_time(called, starts, ends)) FILTER (status = 'hold') AS hold,
        sum(open_time(called, starts, ends)) FILTER (status IN ('resolved', 'closed')) AS done
    FROM (SELECT case_id, v.place, status, greatest(s.instant, v.opened_instant) AS starts,
              greatest(starts, least(until, v.instant)) AS ends,
              calendar_of(target.calendar) AS called
          FROM statuses s JOIN solved v USING (case_id) JOIN targeted t USING (case_id)
          WHERE t.place = v.place AND s.instant < v.instant
              AND status IN ('pending', 'hold', 'resolved', 'closed'))
    GROUP BY case_id, place),
escalated AS (
    SELECT case_id, s.place, arg_min(trigger, e.place) AS escalation
    FROM happened e JOIN solved s USING (case_id)
    WHERE type = 'ticket.escalated' AND e.place < s.place GROUP BY case_id, s.place),
in_force AS (
    SELECT case_id, s.place, arg_max(agent, e.place) AS agent, arg_max(team, e.place) AS team,
        arg_max(channel, e.place) AS channel, arg_max(category, e.place) AS category,
        arg_max(priority, e.place) AS priority
    FROM events e JOIN solved s USING (case_id)
    WHERE type IN ('ticket.opened', 'ticket.assigned', 'ticket.attributes_set')
        AND e.place < s.place
    GROUP BY case_id, s.place)
SELECT case_id, day, nullif(agent, '') AS agent, nullif(team, '') AS team,
    nullif(channel, '') AS channel, nullif(category, '') AS category, priority,
    nullif(target.policy, '') AS policy, escalation,
    CASE WHEN open_time(calendar_of(target.calendar), opened_instant, instant) - coalesce(done, 0)
        - CASE WHEN target.pauses_pending THEN coalesce(pending, 0) ELSE 0 END
        - CASE WHEN target.pauses_hold THEN coalesce(hold, 0) ELSE 0 END
        <= target.target_milliseconds THEN 1 END AS met
FROM solved JOIN targeted USING (case_id, place) LEFT JOIN paused USING (case_id, place)
LEFT JOIN in_force USING (case_id, place) LEFT JOIN escalated USING (case_id, place)
