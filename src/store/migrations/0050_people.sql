-- What people add to conversations and addresses. The thread itself stays with the conversation's object.
CREATE TABLE contacts (
  account TEXT NOT NULL,
  address TEXT NOT NULL,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (account, address)
) STRICT, WITHOUT ROWID;
CREATE INDEX contacts_by_name ON contacts (account, name COLLATE NOCASE, address);

CREATE TABLE conversation_people (
  conversation TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  read_through INTEGER NOT NULL DEFAULT 0,
  assignee TEXT,
  labels TEXT NOT NULL DEFAULT '[]',
  draft TEXT,
  deleted_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE notes (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  conversation TEXT NOT NULL,
  author TEXT NOT NULL,
  text TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX notes_of_conversation ON notes (account, conversation, at);

CREATE TABLE deleted_messages (
  message TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX conversations_of_number ON conversations (account, own, last_at DESC, id DESC);
CREATE INDEX messages_inbound ON messages (account, conversation, sequence) WHERE direction = 'inbound';

ALTER TABLE parts ADD COLUMN source_bytes INTEGER;

-- Text search. The account is a word of its own in the index, so that a query never meets another account's rows.
CREATE VIRTUAL TABLE message_words USING fts5 (account, body, message UNINDEXED, conversation UNINDEXED, at UNINDEXED, tokenize = 'unicode61 remove_diacritics 2');
INSERT INTO message_words (account, body, message, conversation, at)
  SELECT account, trim(coalesce(subject, '') || ' ' || coalesce(text, '')), id, conversation, created_at FROM messages
  WHERE coalesce(subject, text) IS NOT NULL;
CREATE TRIGGER messages_to_words AFTER INSERT ON messages WHEN coalesce(new.subject, new.text) IS NOT NULL BEGIN
  INSERT INTO message_words (account, body, message, conversation, at)
  VALUES (new.account, trim(coalesce(new.subject, '') || ' ' || coalesce(new.text, '')), new.id, new.conversation, new.created_at);
END;
