-- The last answer to each round of a recommendation survey among employees (1 to 10), as far as shown.
SELECT case_id, day, team, respondent,
    CASE WHEN score BETWEEN 1 AND 10 THEN 1 END AS on_scale,
    CASE WHEN score IN (9, 10) THEN 1 END AS promoter,
    CASE WHEN score IN (7, 8) THEN 1 END AS passive,
    CASE WHEN score BETWEEN 1 AND 6 THEN 1 END AS detractor
FROM shown
WHERE kind = 'enps' AND coalesce(scale_minimum, 1) = 1 AND coalesce(scale_maximum, 10) = 10
