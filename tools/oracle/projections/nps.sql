-- The latest answer to each recommendation survey (0 to 10), within the time it was accepted.
WITH gone AS (
    SELECT DISTINCT case_id FROM happened WHERE type IN ('ticket.merged', 'ticket.removed')),
-- Sendings and answers of one survey in one case, in order.
walked AS (
    SELECT case_id, type, place, instant, day, survey, agent, team, channel, about, via, score,
        scale_minimum, scale_maximum,
        last_value(CASE WHEN type = 'survey.sent' THEN struct_pack(
            instant, agent, team, channel, about, via, valid_days) END IGNORE NULLS)
            OVER before AS sent,
        first_value(CASE WHEN type = 'survey.sent' THEN place END IGNORE NULLS)
            OVER after AS next_sent,
        first_value(CASE WHEN type = 'survey.answered' THEN place END IGNORE NULLS)
            OVER after AS later,
        first_value(CASE WHEN type = 'survey.answered' THEN instant END IGNORE NULLS)
            OVER after AS later_instant
    FROM happened ANTI JOIN gone USING (case_id)
    WHERE type IN ('survey.sent', 'survey.answered') AND kind = 'nps'
        AND case_kind IN ('customer', 'ticket', 'call')
    WINDOW before AS (PARTITION BY case_id, survey ORDER BY place
                      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
        after AS (PARTITION BY case_id, survey ORDER BY place
                  ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)),
answered AS (
    SELECT * FROM walked
    WHERE type = 'survey.answered' AND score BETWEEN 0 AND 10
        AND coalesce(scale_minimum, 0) = 0 AND coalesce(scale_maximum, 10) = 10
        AND (sent.valid_days IS NULL OR instant - sent.instant <= sent.valid_days * 86400000)
        -- A later answer replaces this one, unless the survey was sent again before it or it came
        -- too late. Where nothing was sent or no days are given, nothing is too late.
        AND (later IS NULL OR next_sent < later
            OR later_instant - sent.instant > sent.valid_days * 86400000)),
-- Of tickets, calls and customers: what ticket.…, call.… and customer.… set. (A customer's events
-- name no agent or team.)
in_force AS (
    SELECT case_id, place, last_value(agent IGNORE NULLS) OVER w AS agent,
        last_value(team IGNORE NULLS) OVER w AS team,
        last_value(channel IGNORE NULLS) OVER w AS channel
    FROM events SEMI JOIN answered USING (case_id)
    WHERE type IN ('ticket.opened', 'ticket.assigned', 'ticket.attributes_set', 'call.queued',
                   'call.answered', 'call.ended', 'call.wrapped', 'customer.subscribed',
                   'customer.purchased')
    WINDOW w AS (PARTITION BY case_id ORDER BY place ROWS UNBOUNDED PRECEDING))
SELECT f.case_id, f.day,
    coalesce(nullif(sent.agent, ''), nullif(f.agent, ''), nullif(l.agent, '')) AS agent,
    coalesce(nullif(sent.team, ''), nullif(f.team, ''), nullif(l.team, '')) AS team,
    coalesce(nullif(sent.channel, ''), nullif(f.channel, ''), nullif(l.channel, '')) AS channel,
    nullif(f.survey, '') AS survey, coalesce(f.about, sent.about) AS about,
    coalesce(f.via, sent.via) AS via,
    sent.valid_days AS valid_days,
    CASE WHEN score BETWEEN 9 AND 10 THEN 1 END AS promoter,
    CASE WHEN score BETWEEN 7 AND 8 THEN 1 END AS passive,
    CASE WHEN score BETWEEN 0 AND 6 THEN 1 END AS detractor
FROM answered f ASOF LEFT JOIN in_force l ON l.case_id = f.case_id AND l.place <= f.place
