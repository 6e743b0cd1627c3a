"""Which answers of customers belong together, written from Schemas/LANGUAGE.md (*round: facts that
answer one asking*) and the words of csat, ces and nps, which differ in their scale alone.

Makes the macro answered_rounds(kind, least, greatest), a round a row: `case_id`, `survey`, `place`
and `day` of its first answer, and as structs `sent` (the invitation, if any) and `last` (the last
answer).
"""

DAY = 86_400_000
USUAL = 14 * DAY


def prepare(connection):
    connection.execute(f"""
        CREATE OR REPLACE TEMP MACRO answered_rounds(wanted, least, greatest) AS TABLE
        WITH RECURSIVE gone AS (
            SELECT DISTINCT case_id FROM happened
            WHERE type IN ('ticket.merged', 'ticket.removed')),
        -- Each answer's invitation: the last one to that survey before it, in its case.
        surveys AS (
            SELECT case_id, survey, type, place, instant, day, score, scale_minimum, scale_maximum,
                agent, team, channel, about, via,
                last_value(CASE WHEN type = 'survey.sent' THEN struct_pack(place, instant,
                    agent, team, channel, customer, about, via, valid_days) END IGNORE NULLS)
                    OVER (PARTITION BY case_id, survey ORDER BY place
                          ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS sent
            FROM happened ANTI JOIN gone USING (case_id)
            WHERE type IN ('survey.sent', 'survey.answered') AND kind = wanted
                AND case_kind IN ('ticket', 'call', 'customer')),
        -- Answers that are taken. All that an invitation with days takes are one round; else one
        -- lasts 14 days from its first answer on, and the next begins with what comes after that.
        answers AS (
            SELECT *, coalesce(sent.place, 0) AS asked,
                CASE WHEN sent.valid_days IS NULL THEN min(place) OVER (
                    PARTITION BY case_id, survey, sent.place ORDER BY instant
                    RANGE BETWEEN {USUAL + 1} FOLLOWING AND UNBOUNDED FOLLOWING) END AS next_round
            FROM surveys
            WHERE type = 'survey.answered' AND score BETWEEN least AND greatest
                AND coalesce(scale_minimum, least) = least
                AND coalesce(scale_maximum, greatest) = greatest
                AND (sent.valid_days IS NULL
                    OR instant - sent.instant <= sent.valid_days * {DAY})),
        -- From the first answer to each asking, round by round.
        beginnings AS (
            SELECT case_id, min(place) AS place FROM answers GROUP BY case_id, survey, asked
            UNION ALL
            SELECT case_id, next_round FROM beginnings JOIN answers USING (case_id, place)
            WHERE next_round IS NOT NULL),
        numbered AS (
            SELECT a.*, count(b.place) OVER (
                PARTITION BY case_id, survey, asked ORDER BY place ROWS UNBOUNDED PRECEDING) AS nth
            FROM answers a LEFT JOIN beginnings b USING (case_id, place))
        SELECT case_id, survey, min(place) AS place, min(day) AS day, any_value(sent) AS sent,
            arg_max(struct_pack(score, agent, team, channel, about, via), place) AS last
        FROM numbered GROUP BY case_id, survey, asked, nth""")
