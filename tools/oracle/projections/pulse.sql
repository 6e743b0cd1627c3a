-- The latest answer to each of a pulse's at most ten questions (1 to 5), within its time.
WITH surveys AS (
    SELECT case_id, subject, type, place, instant, day, survey, question, team, score,
        scale_minimum, scale_maximum, valid_days
    FROM events
    WHERE type IN ('survey.sent', 'survey.answered') AND kind = 'pulse'
        AND case_kind = 'respondent'),
sendings AS (FROM surveys WHERE type = 'survey.sent'),
answers AS (
    SELECT *, lead(place) OVER w AS later, lead(instant) OVER w AS later_instant
    FROM surveys WHERE type = 'survey.answered'
    WINDOW w AS (PARTITION BY case_id, survey, question ORDER BY place))
SELECT a.case_id, a.day, coalesce(nullif(s.team, ''), nullif(a.team, '')) AS team,
    split_part(a.subject, '/', 2) AS respondent, s.valid_days, a.score,
    CASE WHEN a.score >= 4 THEN 1 END AS favourable
FROM answers a
ASOF LEFT JOIN sendings s ON s.case_id = a.case_id AND s.survey = a.survey AND s.place < a.place
WHERE a.score BETWEEN 1 AND 5 AND coalesce(a.scale_minimum, 1) = 1
    AND coalesce(a.scale_maximum, 5) = 5
    AND (a.question IS NULL OR a.question BETWEEN 1 AND 10)
    AND (s.valid_days IS NULL OR a.instant - s.instant <= s.valid_days * 86400000)
    -- A later answer replaces this one, unless the survey was sent again before it or it came too
    -- late.
    AND (a.later IS NULL OR a.later_instant - s.instant > s.valid_days * 86400000
        OR EXISTS (FROM sendings n WHERE n.case_id = a.case_id AND n.survey = a.survey
            AND n.place > a.place AND n.place < a.later))
