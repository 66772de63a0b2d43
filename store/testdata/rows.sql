-- A database in use, as schema 1 had it: one row at least of each kind.
INSERT INTO sources (id, slug, name, url, active, etag, last_modified, next_poll_ms, last_ok_ms, fails, last_error, baselined, entries) VALUES
  (1, 'mill', 'The mill', 'https://mill.example/feed', 1, '"1"', 'then', 1785196800000, 1785193200000, 0, '', 1, 20),
  (2, 'mine', 'The mine', 'https://mine.example/list', 0, '', '', 1785196800000, 0, 3, '503', 0, 0);
INSERT INTO articles (id, source_id, url, title, summary, body, language, date_text, published_ms, first_seen_ms, at_ms, publisher_tags, categories, image, translated) VALUES
  (1, 1, 'https://mill.example/1', '稀土 prices', 'Up.', 'Body.', 'zh', 'Jul 28', 1785190000000, 1785193200000, 1785190000000, '["Rare earths"]', '[]', '', 1),
  (2, 1, 'https://mill.example/2', 'Copper', 'Down.', '', 'en', '', 0, 1785193200000, 1785193200000, '[]', '["Metals"]', 'https://mill.example/2.jpg', 0),
  (3, 1, 'https://mill.example/3', 'More copper', 'Even.', '', 'en', '', 0, 1785193300000, 1785193300000, '[]', '[]', '', 0);
INSERT INTO article_keys VALUES (1, 'id:1', 1), (1, 'url:1', 1), (1, 'id:2', 2), (1, 'id:3', 3);
INSERT INTO article_tags VALUES
  (1, 'rare-earths', 0, 0, 30, 'title: 稀土', 1785190000000), (2, 'copper', 0, 0, 10, 'title', 1785193200000),
  (3, 'copper', 0, 0, 10, 'title', 1785193300000);
INSERT INTO article_fts (rowid, title, summary, body) VALUES (1, ' 稀  土  prices', 'Up.', 'Body.'), (2, 'Copper', 'Down.', ''), (3, 'More copper', 'Even.', '');
INSERT INTO fanouts VALUES (3, '', 0, 0);
INSERT INTO chats (id, type, title, language, zone, mode, digest_days, digest_minute, next_digest_ms, suspended, created_ms) VALUES
  (-100, 'supergroup', 'Metals', 'en', 'Asia/Shanghai', 'both', 127, 510, 1785198600000, '', 1785100000000),
  (7, 'private', 'Ann', 'zh', 'Europe/Berlin', 'digest', 62, 540, 1785200000000, 'blocked', 1785100000000);
INSERT INTO dests (chat_id, thread_id, name, suspended) VALUES (-100, 0, '', ''), (-100, 4, 'Prices', ''), (-100, 5, 'Old', 'topic-gone'), (7, 0, '', '');
INSERT INTO subscriptions VALUES ('copper', -100, 0, 1785100000000), ('rare-earths', -100, 4, 1785100000001), ('copper', 7, 0, 1785100000002);
INSERT INTO digest_items VALUES (-100, 0, 2);
INSERT INTO digests VALUES (-100, 0, '2026-07-27 08:30', 1785112200000);
INSERT INTO deliveries (id, chat_id, thread_id, class, kind, ref, article_id, payload, state, attempts, ambiguous, plain, message_id, reason, created_ms, done_ms) VALUES
  (1, -100, 0, 1, 'article', '1', 1, '', 'sent', 0, 0, 0, 55, '', 1785193200000, 1785193201000),
  (2, -100, 0, 2, 'digest', '2026-07-27 08:30/1', 0, '{"slot":"2026-07-27","part":1,"parts":1,"groups":[{"tag":"copper","count":1,"articles":[1]}]}', 'dead', 5, 1, 1, 0, 'bad', 1785112200000, 1785112300000),
  (3, -100, 4, 1, 'article', '1', 1, '', 'dropped', 0, 0, 0, 0, 'topic-gone', 1785193200000, 1785193200000),
  (4, -100, 0, 1, 'article', '2', 2, '', 'queued', 1, 0, 0, 0, '429', 1785193200000, 0),
  (5, -100, 4, 0, 'message', 'update-1-0-1785193200000', 0, '{"html":"one"}', 'queued', 0, 0, 0, 0, '', 1785193200000, 0),
  (6, 7, 0, 0, 'message', 'update-2-0-1785193200000', 0, '{"html":"two"}', 'leased', 0, 1, 0, 0, '', 1785193200000, 0);
INSERT INTO lanes VALUES (-100, 0, 1, 1, 0, 1785193205000), (7, 1, 0, 9, 0, 0);
INSERT INTO updates VALUES (1, 1785193200000), (2, 1785193200000);
