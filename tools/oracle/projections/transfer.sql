-- Each assignment that moved a ticket from one agent to another, or from one team to another.
WITH gone AS (
    SELECT DISTINCT case_id FROM happened WHERE type IN ('ticket.merged', 'ticket.removed')),
-- holder and keeper are the last somebody and the last team named before the assignment, over a
-- time in which nobody held the ticket, too; what was no change names nobody.
walked AS (
    SELECT case_id, type, day, agent, team, silent,
        last_value(CASE WHEN type <> 'ticket.attributes_set' AND NOT silent
            THEN nullif(agent, '') END IGNORE NULLS) OVER earlier AS holder,
        last_value(CASE WHEN type <> 'ticket.attributes_set' AND NOT silent
            THEN nullif(team, '') END IGNORE NULLS) OVER earlier AS keeper,
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
WHERE type = 'ticket.assigned' AND NOT silent
    -- NULL where there is no holder or keeper: nothing that could differ.
    AND ((agent <> '' AND agent <> holder) OR (team <> '' AND team <> keeper))
