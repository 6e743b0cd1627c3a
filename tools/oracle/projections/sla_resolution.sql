-- Last resolutions, not reopened since, of tickets with a resolution target, and whether in time.
-- A ticket of which no opening is recorded does not count: its time is unknown.
WITH gone AS (
    SELECT DISTINCT case_id FROM happened WHERE type IN ('ticket.merged', 'ticket.removed')),
opened AS (
    SELECT case_id, min(instant) AS opened_instant
    FROM happened WHERE type = 'ticket.opened' GROUP BY case_id),
statuses AS (
    SELECT case_id, place, instant, day, status, silent,
        lead(instant) OVER (PARTITION BY case_id ORDER BY place) AS until
    FROM events ANTI JOIN gone USING (case_id) WHERE type = 'ticket.status_changed'),
active AS (
    SELECT case_id, max(place) AS place FROM statuses
    WHERE NOT silent AND status NOT IN ('resolved', 'closed') GROUP BY case_id),
ended AS (
    SELECT case_id,
        max(s.place) FILTER (status = 'resolved') AS resolved,
        min(s.place) AS closed,
        arg_max(struct_pack(instant, day), s.place) FILTER (status = 'resolved') AS r,
        arg_min(struct_pack(instant, day), s.place) AS c
    FROM statuses s LEFT JOIN active a USING (case_id)
    WHERE NOT silent AND (s.place > a.place OR a.place IS NULL)
    GROUP BY case_id),
solved AS (
    SELECT case_id, opened_instant, coalesce(resolved, closed) AS place,
        coalesce(r, c).instant AS instant, coalesce(r, c).day AS day
    FROM ended JOIN opened USING (case_id)),
-- The last target before the solution, not cancelled between the two.
targeted AS (
    SELECT case_id,
        arg_max(struct_pack(policy, target_milliseconds, pauses_pending, pauses_hold,
            calendar), e.place)
            FILTER (type = 'sla.applied') AS target
    FROM happened e JOIN solved s USING (case_id)
    WHERE type IN ('sla.applied', 'sla.cancelled') AND metric = 'resolution' AND e.place < s.place
    GROUP BY case_id
    HAVING max(e.place) FILTER (type = 'sla.applied')
        > coalesce(max(e.place) FILTER (type = 'sla.cancelled'), -1)),
paused AS (
    SELECT case_id, sum(open_time(called, starts, ends)) FILTER (status = 'pending') AS pending,
        sum(open_time(called, starts, ends)) FILTER (status = 'hold') AS hold,
        sum(open_time(called, starts, ends)) FILTER (status IN ('resolved', 'closed')) AS done
    FROM (SELECT case_id, status, greatest(s.instant, v.opened_instant) AS starts,
              greatest(starts, least(until, v.instant)) AS ends,
              calendar_of(target.calendar) AS called
          FROM statuses s JOIN solved v USING (case_id)
          JOIN targeted USING (case_id)
          WHERE status IN ('pending', 'hold', 'resolved', 'closed'))
    GROUP BY case_id),
escalated AS (
    SELECT case_id, arg_min(trigger, e.place) AS escalation
    FROM happened e JOIN solved s USING (case_id)
    WHERE type = 'ticket.escalated' AND e.place < s.place GROUP BY case_id),
in_force AS (
    SELECT case_id, arg_max(agent, e.place) AS agent, arg_max(team, e.place) AS team,
        arg_max(channel, e.place) AS channel, arg_max(category, e.place) AS category,
        arg_max(priority, e.place) AS priority
    FROM events e JOIN solved s USING (case_id)
    WHERE type IN ('ticket.opened', 'ticket.assigned', 'ticket.attributes_set')
        AND e.place <= s.place
    GROUP BY case_id)
SELECT case_id, day, nullif(agent, '') AS agent, nullif(team, '') AS team,
    nullif(channel, '') AS channel, nullif(category, '') AS category, priority,
    nullif(target.policy, '') AS policy, escalation,
    CASE WHEN instant >= opened_instant
        AND open_time(calendar_of(target.calendar), opened_instant, instant) - coalesce(done, 0)
        - CASE WHEN target.pauses_pending THEN coalesce(pending, 0) ELSE 0 END
        - CASE WHEN target.pauses_hold THEN coalesce(hold, 0) ELSE 0 END
        <= target.target_milliseconds THEN 1 END AS met
FROM solved JOIN targeted USING (case_id) LEFT JOIN paused USING (case_id)
LEFT JOIN in_force USING (case_id) LEFT JOIN escalated USING (case_id)
