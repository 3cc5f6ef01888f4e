-- name: add_send
INSERT INTO sends (
    id, issue, list, where_expression, row_limit, digest, transport, created, state, scopes,
    listed, duplicates, invalid, not_selected, elsewhere, content, settings, tested, untested, approval,
    reason, seconds, not_before, seeds, hold
) VALUES (
    :id, :issue, :list, :where, :limit, :digest, :transport, :created, :state, :scopes,
    :listed, :duplicates, :invalid, :not_selected, :elsewhere, :content, :settings, :tested, :untested,
    :approval, :reason, :seconds, :not_before, :seeds, :hold
);

-- name: send
SELECT number, id, issue, state, scopes FROM sends WHERE id = :id;

-- name: sends
SELECT sends.*, issues.slug, issues.rehearsal, '{}' AS body
FROM sends
INNER JOIN issues ON sends.issue = issues.number
ORDER BY sends.number DESC;

-- name: send_ids
SELECT id FROM sends WHERE substr(id, 1, length(:prefix)) = :prefix ORDER BY number DESC;

-- name: whole_send
SELECT sends.*, issues.slug, issues.rehearsal, contents.body
FROM sends
INNER JOIN issues ON sends.issue = issues.number
INNER JOIN contents ON sends.content = contents.number
WHERE sends.id = :id;

-- name: sends_of_identity
SELECT sends.id, sends.state
FROM sends
INNER JOIN issues ON sends.issue = issues.number
WHERE
    issues.slug = :slug
    AND issues.rehearsal = :rehearsal
    AND sends.list = :list
    AND sends.where_expression = :where
    AND sends.row_limit IS :limit
ORDER BY sends.number DESC;

-- name: unfinished_twin
SELECT twin.id
FROM sends
INNER JOIN sends AS twin
    ON
        sends.issue = twin.issue
        AND sends.list = twin.list
        AND sends.where_expression = twin.where_expression
        AND sends.row_limit IS twin.row_limit
        AND sends.number <> twin.number
WHERE sends.number = :send AND twin.state IN ('planned', 'sending', 'paused');

-- name: sending_now
SELECT id FROM sends WHERE state = 'sending' ORDER BY number DESC LIMIT 1;

-- name: change_state
UPDATE sends
SET state = :state, reason = :reason, active = strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')
WHERE number = :send;

-- name: add_elsewhere
UPDATE sends SET elsewhere = elsewhere + :more WHERE number = :send;

-- name: add_seconds
UPDATE sends SET seconds = seconds + :seconds WHERE id = :id;
