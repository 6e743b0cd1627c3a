-- Each stretch of an agent's time in one state other than offline, until the next state, cut at full
-- hours of the local clock. The local hours that a stretch touches are listed; what of it lies in each
-- is what both have in common.
WITH known AS (
    -- Fields in force are those of the agent's own events.
    SELECT case_id, subject, place, instant, local, type, state,
        last_value(team IGNORE NULLS) OVER (w ROWS UNBOUNDED PRECEDING) AS team
    FROM events WHERE case_kind = 'agent' AND type IN ('agent.state_changed', 'agent.profile_set')
    WINDOW w AS (PARTITION BY case_id ORDER BY place)),
stretches AS (
    -- By how much the local clock is ahead: whole minutes.
    SELECT *, lead(instant) OVER w AS until,
        60000 * round((epoch_ms(local) - instant) / 60000)::BIGINT AS ahead
    FROM known WHERE type = 'agent.state_changed'
    WINDOW w AS (PARTITION BY case_id ORDER BY place)),
-- A zone with one offset during the stretch: hours of the local clock are hours of UTC, moved.
hours AS (
    SELECT *, unnest(generate_series(
        (instant + ahead) // 3600000,
        greatest((instant + ahead) // 3600000, (until + ahead - 1) // 3600000))) AS number
    FROM stretches WHERE until IS NOT NULL AND state <> 'offline')
SELECT case_id, make_timestamp(number * 3600000000)::DATE AS day,
    split_part(subject, '/', 2) AS agent, nullif(team, '') AS team, state,
    (number % 24)::INTEGER AS hour, isodow(make_timestamp(number * 3600000000)) AS weekday,
    least(until, (number + 1) * 3600000 - ahead) - greatest(instant, number * 3600000 - ahead)
        AS time
FROM hours
