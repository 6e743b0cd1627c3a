-- One fact for each call, on the day it entered the queue; with what came within a day after.
WITH queued AS (
    SELECT case_id, min(place) AS place, min(instant) AS instant, arg_min(struct_pack(
        day, agent, team, channel, category, queue, reason, local), place) AS q
    FROM happened WHERE type = 'call.queued' GROUP BY case_id),
-- What came after the first queueing. Fields of the first answer and of the first end, which may
-- be absent there, hence taken together: arg_min by itself would look on.
later AS (
    SELECT case_id,
        min(e.place) FILTER (type = 'call.answered') AS answered_place,
        min(e.instant) FILTER (type = 'call.answered') AS answered_instant,
        arg_min(struct_pack(agent, team), e.place) FILTER (type = 'call.answered') AS a,
        arg_min(struct_pack(agent, category, reason), e.place) FILTER (type = 'call.ended') AS e,
        bool_or(outcome = 'abandoned') AS abandoned,
        count(*) FILTER (type = 'call.answered') AS answers
    FROM happened e JOIN queued USING (case_id)
    WHERE type IN ('call.answered', 'call.ended') AND e.place > queued.place
        AND e.instant - queued.instant <= 86400000
    GROUP BY case_id),
-- What came after the first answer, within a day after that: the last end decides, and whether the
-- call was handed on.
ended AS (
    SELECT case_id, arg_max(struct_pack(resolved, place, instant), e.place) AS d,
        bool_or(outcome = 'transferred') AS passed_on
    FROM happened e JOIN later USING (case_id)
    WHERE type = 'call.ended' AND e.place > answered_place
        AND e.instant - answered_instant <= 86400000
    GROUP BY case_id),
followed AS (
    SELECT DISTINCT case_id FROM happened e JOIN ended USING (case_id)
    WHERE type = 'call.followed_up' AND e.place > d.place AND e.instant - d.instant <= 604800000)
SELECT case_id, q.day,
    coalesce(nullif(a.agent, ''), nullif(q.agent, ''), nullif(e.agent, '')) AS agent,
    coalesce(nullif(a.team, ''), nullif(q.team, '')) AS team,
    nullif(q.channel, '') AS channel,
    coalesce(nullif(q.category, ''), nullif(e.category, '')) AS category,
    nullif(q.queue, '') AS queue, coalesce(q.reason, e.reason) AS reason,
    NULL::VARCHAR AS priority, -- calls have none
    hour(q.local) AS hour, isodow(q.local) AS weekday,
    answered_instant - instant AS wait,
    business(instant, answered_instant) AS wait_business,
    CASE WHEN answered_instant IS NOT NULL THEN 1 END AS answered,
    CASE WHEN answered_instant - instant <= 20000 THEN 1 END AS answered_in_time,
    CASE WHEN abandoned AND answered_instant IS NULL THEN 1 END AS abandoned,
    CASE WHEN d.resolved IS NOT NULL THEN 1 END AS outcome_known,
    CASE WHEN d.resolved AND answers = 1 AND passed_on IS NOT TRUE
        AND followed.case_id IS NULL THEN 1 END AS first_contact
FROM queued LEFT JOIN later USING (case_id) LEFT JOIN ended USING (case_id)
LEFT JOIN followed USING (case_id)
