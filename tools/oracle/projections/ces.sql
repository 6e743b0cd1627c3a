-- The latest answer to each effort survey (scale 1 to 7), within the time it was accepted.
WITH gone AS (
    SELECT DISTINCT case_id FROM happened WHERE type IN ('ticket.merged', 'ticket.removed')),
-- Sendings and answers of one survey in one case, in order; answers on any scale replace earlier
-- ones, since the definition asks for the scale of the fact alone.
surveys AS (
    SELECT case_id, type, place, instant, day, survey, agent, team, channel, about, via, score,
        scale_minimum, scale_maximum, valid_days
    FROM happened ANTI JOIN gone USING (case_id)
    WHERE type IN ('survey.sent', 'survey.answered') AND kind = 'ces'
        AND case_kind IN ('ticket', 'call', 'customer')),
sendings AS (FROM surveys WHERE type = 'survey.sent'),
answers AS (
    SELECT *, lead(place) OVER w AS later, lead(instant) OVER w AS later_instant
    FROM surveys WHERE type = 'survey.answered'
    WINDOW w AS (PARTITION BY case_id, survey ORDER BY place)),
answered AS (
    SELECT a.*, s.place AS sent_place, s.agent AS sent_agent, s.team AS sent_team,
        s.channel AS sent_channel, s.valid_days AS sent_days, s.about AS sent_about, s.via AS sent_via
    FROM answers a
    ASOF LEFT JOIN sendings s
        ON s.case_id = a.case_id AND s.survey = a.survey AND s.place < a.place
    WHERE a.score BETWEEN 1 AND 7 AND coalesce(a.scale_minimum, 1) = 1
        AND coalesce(a.scale_maximum, 7) = 7
        AND (s.valid_days IS NULL OR a.instant - s.instant <= s.valid_days * 86400000)
        AND (a.later IS NULL OR a.later_instant - s.instant > s.valid_days * 86400000
            OR EXISTS (FROM sendings n WHERE n.case_id = a.case_id AND n.survey = a.survey
                AND n.place > a.place AND n.place < a.later))),
-- Of tickets, calls and customers: what ticket.…, call.… and customer.… set.
in_force AS (
    SELECT case_id, place, last_value(agent IGNORE NULLS) OVER w AS agent,
        last_value(team IGNORE NULLS) OVER w AS team,
        last_value(channel IGNORE NULLS) OVER w AS channel,
        last_value(category IGNORE NULLS) OVER w AS category
    FROM events SEMI JOIN answered USING (case_id)
    WHERE type IN ('ticket.opened', 'ticket.assigned', 'ticket.attributes_set', 'call.queued',
                   'call.answered', 'call.ended', 'call.wrapped', 'customer.subscribed',
                   'customer.purchased')
    WINDOW w AS (PARTITION BY case_id ORDER BY place ROWS UNBOUNDED PRECEDING))
SELECT f.case_id, f.day,
    coalesce(nullif(sent_agent, ''), nullif(f.agent, ''), nullif(s.agent, ''),
             nullif(l.agent, '')) AS agent,
    coalesce(nullif(sent_team, ''), nullif(f.team, ''), nullif(s.team, ''),
             nullif(l.team, '')) AS team,
    coalesce(nullif(sent_channel, ''), nullif(f.channel, ''), nullif(l.channel, '')) AS channel,
    nullif(l.category, '') AS category, coalesce(f.about, sent_about) AS about,
    coalesce(f.via, sent_via) AS via, sent_days AS valid_days, score, CASE WHEN score >= 5 THEN 1 END AS easy
FROM answered f
ASOF LEFT JOIN in_force s ON s.case_id = f.case_id AND s.place <= f.sent_place
ASOF LEFT JOIN in_force l ON l.case_id = f.case_id AND l.place <= f.place
