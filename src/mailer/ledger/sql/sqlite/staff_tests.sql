-- name: add_staff_test
INSERT INTO staff_tests (issue, digest, at, recipients, transport, content, who)
VALUES (:issue, :digest, :at, :to, :transport, :content, :who);

-- name: test_of_digest
SELECT staff_tests.*, issues.slug, issues.rehearsal, contents.body
FROM staff_tests
INNER JOIN issues ON staff_tests.issue = issues.number
INNER JOIN contents ON staff_tests.content = contents.number
WHERE
    staff_tests.digest = :digest
    AND issues.rehearsal <= :rehearsal
    AND :place IN ('', substr(staff_tests.transport, 1, instr(staff_tests.transport || '?', '?') - 1))
ORDER BY staff_tests.number DESC
LIMIT 1;

-- name: test_of_issue
SELECT staff_tests.*, issues.slug, issues.rehearsal, contents.body
FROM staff_tests
INNER JOIN issues ON staff_tests.issue = issues.number
INNER JOIN contents ON staff_tests.content = contents.number
WHERE issues.slug = :slug AND issues.rehearsal <= :rehearsal
ORDER BY staff_tests.number DESC
LIMIT 1;
