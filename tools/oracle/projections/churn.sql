-- Each time a customer left. The churn itself can set plan and segment: it is an event of the
-- customer's own kind, at the fact; its '' means none from then on.
WITH walked AS (
    SELECT case_id, type, place, instant, day, plan, segment,
        last_value(plan IGNORE NULLS) OVER w AS latest_plan,
        last_value(segment IGNORE NULLS) OVER w AS latest_segment,
        last_value(CASE WHEN type = 'customer.subscribed' THEN struct_pack(instant, channel) END
            IGNORE NULLS) OVER w AS subscribed
    FROM events WHERE type IN ('customer.subscribed', 'customer.churned')
    WINDOW w AS (PARTITION BY case_id ORDER BY place ROWS UNBOUNDED PRECEDING))
SELECT case_id, day, coalesce(nullif(plan, ''), nullif(latest_plan, '')) AS plan,
    coalesce(nullif(segment, ''), nullif(latest_segment, '')) AS segment,
    nullif(subscribed.channel, '') AS channel, instant - subscribed.instant AS tenure
FROM walked WHERE type = 'customer.churned'
