-- Until when nothing at all may be sent: Telegram told the bot, not one chat, to wait.
CREATE TABLE hold (
  one      INTEGER PRIMARY KEY CHECK (one = 1),
  until_ms INTEGER NOT NULL
) STRICT;
