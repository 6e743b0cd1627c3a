-- Money earned, by service day: what is said to cover some days is shared evenly among them, the
-- units that are left going to the first days; the rest lies on the event's day, as does what began
-- more than 366 days before that.
WITH earned AS (
    SELECT case_id, day, agent, team, channel, category, currency, amount, from_day, to_day,
        CASE WHEN from_day <= to_day AND datediff('day', from_day, day) <= 366
            THEN datediff('day', from_day, to_day) + 1 END AS days
    FROM happened WHERE type = 'revenue.recorded'),
spread AS (
    SELECT *, unnest(generate_series(0, coalesce(days, 1) - 1)) AS number FROM earned)
SELECT case_id, CASE WHEN days IS NULL THEN day ELSE from_day + number::INTEGER END AS day,
    nullif(agent, '') AS agent, nullif(team, '') AS team, nullif(channel, '') AS channel,
    nullif(category, '') AS category, nullif(currency, '') AS currency,
    -- Of 10 over 3 days 4, 3 and 3; of −10 the negatives of these.
    sign(amount)::BIGINT * (abs(amount) // coalesce(days, 1)
        + CASE WHEN number < abs(amount) % coalesce(days, 1) THEN 1 ELSE 0 END) AS amount
FROM spread
