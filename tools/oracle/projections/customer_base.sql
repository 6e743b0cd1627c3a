-- Customers with a subscription, from each time they subscribed until they left. Each of their
-- events starts a stretch that lasts until the next one; a stretch in which the customer is
-- subscribed enters on its day and leaves on the next one's.
WITH stretches AS (
    SELECT case_id, subject, day, lead(day) OVER w AS until, type,
        last_value(plan IGNORE NULLS) OVER (w ROWS UNBOUNDED PRECEDING) AS plan,
        last_value(segment IGNORE NULLS) OVER (w ROWS UNBOUNDED PRECEDING) AS segment,
        last_value(CASE WHEN type = 'customer.subscribed' THEN channel END IGNORE NULLS)
            OVER (w ROWS UNBOUNDED PRECEDING) AS channel
    FROM events WHERE type IN ('customer.subscribed', 'customer.churned')
    WINDOW w AS (PARTITION BY case_id ORDER BY place)),
active AS (
    SELECT case_id, day, until, nullif(plan, '') AS plan, nullif(segment, '') AS segment,
        nullif(channel, '') AS channel, split_part(subject, '/', 2) AS customer
    FROM stretches WHERE type = 'customer.subscribed')
SELECT case_id, day, plan, segment, channel, customer, 1 AS weight FROM active
UNION ALL
SELECT case_id, until, plan, segment, channel, customer, -1 FROM active WHERE until IS NOT NULL
