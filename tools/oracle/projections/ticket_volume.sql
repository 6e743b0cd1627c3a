-- One fact for each ticket, on the day it was opened, with what was known then.
WITH gone AS (
    SELECT DISTINCT case_id FROM happened WHERE type IN ('ticket.merged', 'ticket.removed')),
-- Fields of the first opening itself: a second opening, or a change, is not looked at.
opened AS (
    SELECT case_id, arg_min(struct_pack(
        day, agent, team, channel, category, priority, reason, about, origin, customer, local), place) AS o
    FROM happened WHERE type = 'ticket.opened' GROUP BY case_id)
SELECT case_id, o.day, nullif(o.agent, '') AS agent, nullif(o.team, '') AS team,
    nullif(o.channel, '') AS channel, nullif(o.category, '') AS category, o.priority, o.reason,
    o.about, o.origin, hour(o.local) AS hour, isodow(o.local) AS weekday,
    nullif(o.customer, '') AS customer
FROM opened ANTI JOIN gone USING (case_id)
