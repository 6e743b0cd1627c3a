-- Each stretch of an agent's time in one state other than offline, until the next state within seven
-- days, cut at full hours of the local clock. The local hours that a stretch touches are listed; what
-- of it lies in each is what both have in common.
WITH known AS (
    -- Fields in force are those of the agent's own events.
    SELECT case_id, subject, place, instant, local, type, state, silent,
        last_value(team IGNORE NULLS) OVER (w ROWS UNBOUNDED PRECEDING) AS team
    FROM events WHERE case_kind = 'agent' AND type IN ('agent.state_changed', 'agent.profile_set')
    WINDOW w AS (PARTITION BY case_id ORDER BY place)),
stretches AS (
    -- By how much the local clock is ahead: whole minutes.
    SELECT *, lead(instant) OVER w AS until,
        60000 * round((epoch_ms(local) - instant) / 60000)::BIGINT AS ahead
    FROM known WHERE type = 'agent.state_changed' AND NOT silent
    WINDOW w AS (PARTITION BY case_id ORDER BY place)),
-- Offsets change by whole hours: those of the local clock begin at the same instants before and
-- after; what hour of what day begins there is asked of the zone.
hours AS (
    SELECT *, unnest(generate_series(
        (instant + ahead) // 3600000,
        greatest((instant + ahead) // 3600000, (until + ahead - 1) // 3600000))) AS number
    FROM stretches WHERE until - instant <= 604800000 AND state <> 'offline'),
parts AS (
    SELECT *, greatest(instant, number * 3600000 - ahead) AS part_start,
        least(until, (number + 1) * 3600000 - ahead) AS part_end,
        local_time(part_start) AS part_local
    FROM hours)
SELECT case_id, part_local::DATE AS day, split_part(subject, '/', 2) AS agent,
    nullif(team, '') AS team, state, hour(part_local) AS hour, isodow(part_local) AS weekday,
    part_end - part_start AS time
FROM parts
