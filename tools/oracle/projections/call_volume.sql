-- One fact for each call, on the day it entered the queue.
WITH queued AS (
    SELECT case_id, min(place) AS place, min(instant) AS instant, arg_min(struct_pack(
        day, agent, team, channel, category, queue, reason, local), place) AS q
    FROM events WHERE type = 'call.queued' GROUP BY case_id),
-- What came after the first queueing. Fields of the first answer and of the first end, which may
-- be absent there, hence taken together: arg_min by itself would look on.
later AS (
    SELECT case_id,
        min(e.instant) FILTER (type = 'call.answered') AS answered_instant,
        arg_min(struct_pack(agent, team), e.place) FILTER (type = 'call.answered') AS a,
        arg_min(struct_pack(agent, category, reason), e.place) FILTER (type = 'call.ended') AS e,
        bool_or(outcome = 'abandoned') AS abandoned
    FROM events e JOIN queued USING (case_id)
    WHERE type IN ('call.answered', 'call.ended') AND e.place > queued.place
    GROUP BY case_id)
SELECT case_id, q.day,
    coalesce(nullif(a.agent, ''), nullif(q.agent, ''), nullif(e.agent, '')) AS agent,
    coalesce(nullif(a.team, ''), nullif(q.team, '')) AS team,
    nullif(q.channel, '') AS channel,
    coalesce(nullif(q.category, ''), nullif(e.category, '')) AS category,
    nullif(q.queue, '') AS queue, coalesce(q.reason, e.reason) AS reason,
    hour(q.local) AS hour, isodow(q.local) AS weekday,
    answered_instant - instant AS wait,
    CASE WHEN answered_instant IS NOT NULL THEN 1 END AS answered,
    CASE WHEN answered_instant - instant <= 20000 THEN 1 END AS answered_in_time,
    CASE WHEN abandoned AND answered_instant IS NULL THEN 1 END AS abandoned
FROM queued LEFT JOIN later USING (case_id)
