-- Each assignment that moved a ticket from one agent to another, or from one team to another.
WITH gone AS (
    SELECT DISTINCT case_id FROM events WHERE type IN ('ticket.merged', 'ticket.removed')),
-- holder and keeper are the last somebody and the last team named before the assignment, over a
-- time in which nobody held the ticket, too.
walked AS (
    SELECT case_id, type, day, agent, team,
        CASE WHEN type <> 'ticket.attributes_set' THEN
            last_value(nullif(agent, '') IGNORE NULLS) OVER earlier END AS holder,
        CASE WHEN type <> 'ticket.attributes_set' THEN
            last_value(nullif(team, '') IGNORE NULLS) OVER earlier END AS keeper,
        last_value(channel IGNORE NULLS) OVER w AS channel,
        last_value(category IGNORE NULLS) OVER w AS category,
        last_value(priority IGNORE NULLS) OVER w AS priority
    FROM events ANTI JOIN gone USING (case_id)
    WHERE type IN ('ticket.opened', 'ticket.assigned', 'ticket.attributes_set')
    WINDOW w AS (PARTITION BY case_id ORDER BY place ROWS UNBOUNDED PRECEDING),
        earlier AS (PARTITION BY case_id ORDER BY place
                    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING))
SELECT case_id, day, holder AS agent, keeper AS team, nullif(channel, '') AS channel,
    nullif(category, '') AS category, priority
FROM walked
WHERE type = 'ticket.assigned'
    -- NULL where there is no holder or keeper: nothing that could differ.
    AND ((agent <> '' AND agent <> holder) OR (team <> '' AND team <> keeper))
