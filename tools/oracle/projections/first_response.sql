-- The first public reply by a human to a ticket that a customer opened.
WITH gone AS (
    SELECT DISTINCT case_id FROM happened WHERE type IN ('ticket.merged', 'ticket.removed')),
-- The condition on the origin is on the first opening, whoever opened the ticket later.
opened AS (
    SELECT case_id, min(place) AS place, min(instant) AS instant
    FROM happened WHERE type = 'ticket.opened'
    GROUP BY case_id HAVING arg_min(origin, place) = 'customer'),
-- Day and actor are taken together: arg_min by itself would pass over a reply without an actor.
answer AS (
    SELECT case_id, min(m.place) AS place, min(m.instant) - any_value(o.instant) AS wait,
        any_value(o.instant) AS opened_instant, min(m.instant) AS answer_instant,
        arg_min(struct_pack(day, local, actor), m.place) AS a
    FROM happened m JOIN opened o USING (case_id)
    WHERE type = 'message.posted' AND direction = 'out' AND visibility = 'public'
        AND actor_kind = 'agent' AND automatic IS NOT TRUE AND m.place > o.place
    GROUP BY case_id),
-- arg_max passes over NULL, so that it finds the last event that has the field; '' is a value.
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
    priority, hour(a.local) AS hour, isodow(a.local) AS weekday, wait,
    business(opened_instant, answer_instant) AS wait_business
FROM answer ANTI JOIN gone USING (case_id) LEFT JOIN in_force USING (case_id)
