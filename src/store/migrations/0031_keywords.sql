-- What is done with inbound messages by themselves.
CREATE TABLE keywords (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  rule TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX keywords_of_account ON keywords (account, created_at, id);
