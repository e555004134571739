-- Rows in the order in which they come: a new message is written at the end of its table instead of somewhere inside it, and
-- the index of words reads its texts from there instead of keeping a copy. Dropped without a release in between: none was made.
DROP TABLE events;

DROP TRIGGER messages_to_words;
DROP TABLE message_words;

ALTER TABLE messages RENAME TO messages_by_id;
DROP INDEX messages_of_account;
DROP INDEX messages_of_conversation;
DROP INDEX messages_by_vendor;
DROP INDEX messages_inbound;

CREATE TABLE messages (
  -- The order of arrival here. Searches page by it.
  position INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  account TEXT NOT NULL,
  conversation TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  direction TEXT NOT NULL,
  channel TEXT NOT NULL,
  vendor TEXT NOT NULL,
  vendor_id TEXT,
  sender TEXT NOT NULL,
  recipients TEXT NOT NULL,
  subject TEXT,
  text TEXT,
  parts INTEGER NOT NULL,
  wire_bytes INTEGER NOT NULL,
  state TEXT NOT NULL,
  certainty TEXT,
  reason TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  revision INTEGER NOT NULL
) STRICT;

INSERT INTO messages (id, account, conversation, sequence, direction, channel, vendor, vendor_id, sender, recipients, subject,
  text, parts, wire_bytes, state, certainty, reason, created_at, updated_at, revision)
SELECT id, account, conversation, sequence, direction, channel, vendor, vendor_id, sender, recipients, subject,
  text, parts, wire_bytes, state, certainty, reason, created_at, updated_at, revision
FROM messages_by_id ORDER BY created_at, id;
DROP TABLE messages_by_id;

CREATE INDEX messages_of_account ON messages (account, created_at DESC, id DESC);
CREATE INDEX messages_of_conversation ON messages (account, conversation, sequence DESC);
CREATE INDEX messages_by_vendor ON messages (vendor, vendor_id) WHERE vendor_id IS NOT NULL;
CREATE INDEX messages_inbound ON messages (account, conversation, sequence) WHERE direction = 'inbound';

-- Text search. The account is a word of its own in the index, so that a query never meets another account's rows. Beginnings
-- of two to eight letters are words of their own too: to find a beginning among the words would read every message that has
-- one of them, which is most. They take a fifth of the index. A word that is deleted leaves the index at
-- once: without secure-delete it stays in it, unreachable, until segments are merged.
CREATE VIRTUAL TABLE message_words USING fts5 (
  account, subject, text, content = 'messages', content_rowid = 'position', columnsize = 0,
  prefix = '2 3 4 5 6 7 8', tokenize = 'unicode61 remove_diacritics 2'
);
INSERT INTO message_words (message_words, rank) VALUES ('secure-delete', 1);
INSERT INTO message_words (rowid, account, subject, text)
  SELECT position, account, subject, text FROM messages;

-- Messages without words are in it too, by their account: the index is checked and made again by what lies in the table.
CREATE TRIGGER messages_said AFTER INSERT ON messages BEGIN
  INSERT INTO message_words (rowid, account, subject, text) VALUES (new.position, new.account, new.subject, new.text);
END;
CREATE TRIGGER messages_unsaid AFTER DELETE ON messages BEGIN
  INSERT INTO message_words (message_words, rowid, account, subject, text)
  VALUES ('delete', old.position, old.account, old.subject, old.text);
END;
CREATE TRIGGER messages_reworded AFTER UPDATE OF subject, text ON messages
WHEN old.subject IS NOT new.subject OR old.text IS NOT new.text BEGIN
  INSERT INTO message_words (message_words, rowid, account, subject, text)
  VALUES ('delete', old.position, old.account, old.subject, old.text);
  INSERT INTO message_words (rowid, account, subject, text) VALUES (new.position, new.account, new.subject, new.text);
END;

-- A row of them lives for ten minutes and is written for every message: the primary key finds what these two found.
DROP INDEX sightings_of_content;
DROP INDEX sightings_of_address;
