INSERT INTO inquiry (id, reference, nonce, key_version, state, language, name, email, email_folded, country, product, topic,
  team, company, phone, details, received_at, answer_due_at, changed_at, preview)
VALUES (1, 'LJ-0000-0001', 'n', 1, 'received', 'en', 'Ana', 'ana@x.example', 'ana@x.example', 'BR', 'steam', 'other',
  'sales', '', '', '[]', '2026-11-23 02:00:00+00:00', '2026-11-23 02:00:00+00:00', '2026-11-23 02:00:00+00:00', 'Two boilers.');
INSERT INTO message (id, inquiry_id, author, author_name, body, nonce, written_at)
VALUES (1, 1, 'customer', 'Ana', 'Two boilers.', 'n', '2026-11-23 02:00:00+00:00');
INSERT INTO event (id, inquiry_id, kind, actor, happened_at)
VALUES (1, 1, 'inquiry_received', 'customer', '2026-11-23 02:00:00+00:00');
INSERT INTO letter (id, inquiry_id, kind, language, sender_name, sender_address, subject, text, html, headers, written_at)
VALUES (1, 1, 'inquiry_received', 'en', 'LIJU', 'i@x.example', 's', 't', 'h', '{}', '2026-11-23 02:00:00+00:00');
INSERT INTO delivery (id, letter_id, recipient_name, recipient_address, message_id, state, attempt_count, queued_at, due_at)
VALUES (1, 1, '', 'ana@x.example', '<1@x.example>', 'queued', 0, '2026-11-23 02:00:00+00:00', '2026-11-23 02:00:00+00:00');
INSERT INTO search_due (inquiry_id) VALUES (1);
INSERT INTO blob (id, sha256, bytes_count, staged_at) VALUES (1, 'a', 1, '2026-11-23 02:00:00+00:00');
INSERT INTO blob_chunk (blob_id, position, content) VALUES (1, 0, 'x');
INSERT INTO file (id, message_id, position, blob_id, name, kind) VALUES (1, 1, 0, 1, 'plan.pdf', 'pdf')
