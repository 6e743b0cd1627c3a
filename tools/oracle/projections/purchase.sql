-- Each purchase by a customer, and whether they bought again within 90 days.
SELECT case_id, day, nullif(product, '') AS product, nullif(channel, '') AS channel,
    nullif(currency, '') AS currency, amount, split_part(subject, '/', 2) AS customer,
    CASE WHEN lead(instant) OVER (PARTITION BY case_id ORDER BY place) - instant <= 7776000000
        THEN split_part(subject, '/', 2) END AS returning
FROM happened WHERE type = 'customer.purchased' AND amount >= 1
