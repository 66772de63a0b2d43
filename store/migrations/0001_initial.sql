-- Times are Unix milliseconds UTC; 0 stands for "never" where a column is NOT NULL.

CREATE TABLE sources (
  id            INTEGER PRIMARY KEY,
  slug          TEXT    NOT NULL UNIQUE,
  name          TEXT    NOT NULL,
  url           TEXT    NOT NULL,
  active        INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
  etag          TEXT    NOT NULL DEFAULT '',
  last_modified TEXT    NOT NULL DEFAULT '',
  next_poll_ms  INTEGER NOT NULL DEFAULT 0,
  last_ok_ms    INTEGER NOT NULL DEFAULT 0,
  fails         INTEGER NOT NULL DEFAULT 0 CHECK (fails >= 0),
  last_error    TEXT    NOT NULL DEFAULT '',
  baselined     INTEGER NOT NULL DEFAULT 0 CHECK (baselined IN (0, 1)),
  entries       INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX sources_due ON sources (next_poll_ms) WHERE active = 1;

CREATE TABLE articles (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  source_id      INTEGER NOT NULL REFERENCES sources (id),
  url            TEXT    NOT NULL,
  title          TEXT    NOT NULL CHECK (title <> ''),
  summary        TEXT    NOT NULL,
  body           TEXT    NOT NULL,
  language       TEXT    NOT NULL,
  date_text      TEXT    NOT NULL,
  published_ms   INTEGER NOT NULL,
  first_seen_ms  INTEGER NOT NULL CHECK (first_seen_ms > 0),
  at_ms          INTEGER NOT NULL, -- published, else first seen
  publisher_tags TEXT    NOT NULL CHECK (json_valid(publisher_tags)),
  categories     TEXT    NOT NULL CHECK (json_valid(categories)),
  image          TEXT    NOT NULL,
  translated     INTEGER NOT NULL CHECK (translated IN (0, 1))
) STRICT;
CREATE INDEX articles_at ON articles (at_ms, id);

-- What makes two articles of one source the same: one key in common.
CREATE TABLE article_keys (
  source_id  INTEGER NOT NULL,
  key        TEXT    NOT NULL,
  article_id INTEGER NOT NULL REFERENCES articles (id),
  PRIMARY KEY (source_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE article_tags (
  article_id INTEGER NOT NULL REFERENCES articles (id),
  tag        TEXT    NOT NULL,
  position   INTEGER NOT NULL, -- strongest first
  implied    INTEGER NOT NULL CHECK (implied IN (0, 1)),
  score      INTEGER NOT NULL,
  reason     TEXT    NOT NULL,
  at_ms      INTEGER NOT NULL,
  PRIMARY KEY (article_id, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX article_tags_latest ON article_tags (tag, at_ms, article_id);
CREATE INDEX article_tags_recent ON article_tags (at_ms, tag);

-- Han characters are written apart by blanks, so that 稀土 is a phrase of two tokens.
CREATE VIRTUAL TABLE article_fts USING fts5 (
  title, summary, body,
  content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
);

-- Articles whose subscribers have not all been served; the cursor is the last one that was.
CREATE TABLE fanouts (
  article_id INTEGER PRIMARY KEY REFERENCES articles (id),
  tag        TEXT    NOT NULL DEFAULT '',
  chat_id    INTEGER NOT NULL DEFAULT 0,
  thread_id  INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE chats (
  id             INTEGER PRIMARY KEY,
  type           TEXT    NOT NULL CHECK (type IN ('private', 'group', 'supergroup', 'channel')),
  title          TEXT    NOT NULL,
  language       TEXT    NOT NULL,
  zone           TEXT    NOT NULL,
  mode           TEXT    NOT NULL CHECK (mode IN ('instant', 'digest', 'both')),
  digest_days    INTEGER NOT NULL CHECK (digest_days BETWEEN 0 AND 127),
  digest_minute  INTEGER NOT NULL CHECK (digest_minute BETWEEN 0 AND 1439),
  next_digest_ms INTEGER NOT NULL DEFAULT 0,
  suspended      TEXT    NOT NULL DEFAULT '', -- why nothing is sent; settings are kept
  created_ms     INTEGER NOT NULL
) STRICT;
CREATE INDEX chats_digest ON chats (next_digest_ms) WHERE next_digest_ms > 0 AND suspended = '';

-- The places of a chat: thread 0, and its forum topics.
CREATE TABLE dests (
  chat_id   INTEGER NOT NULL REFERENCES chats (id),
  thread_id INTEGER NOT NULL,
  name      TEXT    NOT NULL DEFAULT '',
  suspended TEXT    NOT NULL DEFAULT '',
  PRIMARY KEY (chat_id, thread_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE subscriptions (
  tag        TEXT    NOT NULL,
  chat_id    INTEGER NOT NULL,
  thread_id  INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  PRIMARY KEY (tag, chat_id, thread_id),
  FOREIGN KEY (chat_id, thread_id) REFERENCES dests (chat_id, thread_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX subscriptions_dest ON subscriptions (chat_id, thread_id, created_ms);

-- Articles that wait for a place's next digest.
CREATE TABLE digest_items (
  chat_id    INTEGER NOT NULL,
  thread_id  INTEGER NOT NULL,
  article_id INTEGER NOT NULL REFERENCES articles (id),
  PRIMARY KEY (chat_id, thread_id, article_id)
) STRICT, WITHOUT ROWID;

-- Digests that were planned: one for a place and slot, ever.
CREATE TABLE digests (
  chat_id    INTEGER NOT NULL,
  thread_id  INTEGER NOT NULL,
  slot       TEXT    NOT NULL,
  planned_ms INTEGER NOT NULL,
  PRIMARY KEY (chat_id, thread_id, slot)
) STRICT, WITHOUT ROWID;
CREATE INDEX digests_planned ON digests (planned_ms);

-- The outbox: one row is one Bot API call.
CREATE TABLE deliveries (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  chat_id    INTEGER NOT NULL,
  thread_id  INTEGER NOT NULL,
  class      INTEGER NOT NULL CHECK (class IN (0, 1, 2)),
  kind       TEXT    NOT NULL CHECK (kind IN ('article', 'digest', 'message')),
  ref        TEXT    NOT NULL, -- what it is about; one of a kind for a place
  article_id INTEGER NOT NULL DEFAULT 0,
  payload    TEXT    NOT NULL DEFAULT '',
  state      TEXT    NOT NULL CHECK (state IN ('queued', 'leased', 'sent', 'dead', 'dropped')),
  attempts   INTEGER NOT NULL DEFAULT 0,
  ambiguous  INTEGER NOT NULL DEFAULT 0,
  plain      INTEGER NOT NULL DEFAULT 0 CHECK (plain IN (0, 1)),
  message_id INTEGER NOT NULL DEFAULT 0,
  reason     TEXT    NOT NULL DEFAULT '',
  created_ms INTEGER NOT NULL,
  done_ms    INTEGER NOT NULL DEFAULT 0,
  CHECK ((state IN ('sent', 'dead', 'dropped')) = (done_ms > 0))
) STRICT;
CREATE UNIQUE INDEX deliveries_ref ON deliveries (chat_id, thread_id, kind, ref);
CREATE INDEX deliveries_queue ON deliveries (chat_id, class, id) WHERE state = 'queued';
CREATE INDEX deliveries_leased ON deliveries (id) WHERE state = 'leased';
CREATE INDEX deliveries_done ON deliveries (done_ms) WHERE done_ms > 0;

-- One lane a chat: Telegram's limits are per chat, so at most one request is in
-- flight in each, and order needs no other proof.
CREATE TABLE lanes (
  chat_id  INTEGER PRIMARY KEY,
  leased   INTEGER NOT NULL DEFAULT 0 CHECK (leased IN (0, 1)),
  replies  INTEGER NOT NULL DEFAULT 0 CHECK (replies IN (0, 1)), -- a reply is queued
  class    INTEGER NOT NULL DEFAULT 9, -- the first class of broadcast queued, 9 for none
  reply_ms INTEGER NOT NULL DEFAULT 0, -- no reply before
  post_ms  INTEGER NOT NULL DEFAULT 0  -- no broadcast before
) STRICT;
CREATE INDEX lanes_reply ON lanes (reply_ms) WHERE leased = 0 AND replies = 1;
CREATE INDEX lanes_post ON lanes (class, post_ms) WHERE leased = 0 AND class < 9;

-- Updates whose effects are stored, so that one delivered twice acts once.
CREATE TABLE updates (
  id      INTEGER PRIMARY KEY,
  seen_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX updates_seen ON updates (seen_ms);
