-- The last answer to each of a pulse's at most ten questions (1 to 5) in each round, as far as shown.
SELECT case_id, day, team, respondent, score,
    CASE WHEN score >= 4 THEN 1 END AS favourable
FROM shown
WHERE kind = 'pulse' AND (question IS NULL OR question BETWEEN 1 AND 10)
    AND coalesce(scale_minimum, 1) = 1 AND coalesce(scale_maximum, 5) = 5
