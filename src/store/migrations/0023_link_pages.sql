-- Pages that show media to phones without MMS, until they expire.
CREATE TABLE link_pages (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  media TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX link_pages_expiry ON link_pages (expires_at);
