-- The latest answer to each satisfaction survey (scale 1 to 5), within the time it was accepted.
WITH gone AS (
    SELECT DISTINCT case_id FROM happened WHERE type IN ('ticket.merged', 'ticket.removed')),
-- Sendings and answers of one survey in one case, in order; answers on any scale, since the
-- definition asks for the scale of the fact alone.
walked AS (
    SELECT case_id, type, place, instant, day, agent, team, channel, about, via, score,
        scale_minimum, scale_maximum,
        last_value(CASE WHEN type = 'survey.sent' THEN struct_pack(
            place, instant, agent, team, channel, customer, about, via, valid_days) END IGNORE NULLS)
            OVER before AS sent,
        first_value(CASE WHEN type = 'survey.sent' THEN place END IGNORE NULLS)
            OVER after AS next_sent,
        first_value(CASE WHEN type = 'survey.answered' THEN place END IGNORE NULLS)
            OVER after AS later,
        first_value(CASE WHEN type = 'survey.answered' THEN instant END IGNORE NULLS)
            OVER after AS later_instant
    FROM happened ANTI JOIN gone USING (case_id)
    WHERE type IN ('survey.sent', 'survey.answered') AND kind = 'csat'
        AND case_kind IN ('ticket', 'call', 'customer')
    WINDOW before AS (PARTITION BY case_id, survey ORDER BY place
                      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
        after AS (PARTITION BY case_id, survey ORDER BY place
                  ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)),
answered AS (
    SELECT *, sent.place AS sent_place FROM walked
    WHERE type = 'survey.answered'
        AND score BETWEEN 1 AND 5 AND coalesce(scale_minimum, 1) = 1
        AND coalesce(scale_maximum, 5) = 5
        AND (sent.valid_days IS NULL OR instant - sent.instant <= sent.valid_days * 86400000)
        -- A later answer replaces this one, unless the survey was sent again before it or it came
        -- too late. Where nothing was sent or no days are given, nothing is too late.
        AND (later IS NULL OR next_sent < later
            OR later_instant - sent.instant > sent.valid_days * 86400000)),
-- Of tickets, calls and customers: what ticket.…, call.… and customer.… set. (A customer's events
-- name no agent, team, category or priority.)
in_force AS (
    SELECT case_id, place, last_value(agent IGNORE NULLS) OVER w AS agent,
        last_value(team IGNORE NULLS) OVER w AS team,
        last_value(channel IGNORE NULLS) OVER w AS channel,
        last_value(category IGNORE NULLS) OVER w AS category,
        last_value(priority IGNORE NULLS) OVER w AS priority,
        last_value(customer IGNORE NULLS) OVER w AS customer
    FROM events SEMI JOIN answered USING (case_id)
    WHERE type IN ('ticket.opened', 'ticket.assigned', 'ticket.attributes_set', 'call.queued',
                   'call.answered', 'call.ended', 'call.wrapped', 'customer.subscribed',
                   'customer.purchased')
    WINDOW w AS (PARTITION BY case_id ORDER BY place ROWS UNBOUNDED PRECEDING)),
-- What caused the first escalation, where that came before the answer.
escalated AS (
    SELECT case_id, min(place) AS place, arg_min(trigger, place) AS trigger
    FROM happened WHERE type = 'ticket.escalated' GROUP BY case_id)
SELECT f.case_id, f.day,
    coalesce(nullif(sent.agent, ''), nullif(f.agent, ''), nullif(s.agent, ''),
             nullif(l.agent, '')) AS agent,
    coalesce(nullif(sent.team, ''), nullif(f.team, ''), nullif(s.team, ''),
             nullif(l.team, '')) AS team,
    coalesce(nullif(sent.channel, ''), nullif(f.channel, ''), nullif(l.channel, '')) AS channel,
    nullif(l.category, '') AS category, l.priority, coalesce(f.about, sent.about) AS about,
    coalesce(f.via, sent.via) AS via, e.trigger AS escalation,
    sent.valid_days AS valid_days, CASE WHEN score >= 4 THEN 1 END AS satisfied, score,
    CASE WHEN f.sent_place IS NOT NULL AND score >= 4
        THEN coalesce(nullif(sent.customer, ''), nullif(l.customer, '')) END AS satisfied_customer
FROM answered f
ASOF LEFT JOIN in_force s ON s.case_id = f.case_id AND s.place <= f.sent_place
ASOF LEFT JOIN in_force l ON l.case_id = f.case_id AND l.place <= f.place
LEFT JOIN escalated e ON e.case_id = f.case_id AND e.place < f.place
