-- Keys that sign the optimizer's URLs. Secrets are not here: they are derived from the root key, the id and the generation.
CREATE TABLE fit_keys (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  name TEXT NOT NULL,
  -- A JSON array of patterns, such as https://cdn.example.com/photos/
  sources TEXT NOT NULL,
  -- Files made in a minute and in a day (UTC); NULL sets no limit. What is cached already is not counted.
  per_minute INTEGER,
  per_day INTEGER,
  generation INTEGER NOT NULL,
  -- The generation before signs too.
  previous INTEGER NOT NULL CHECK (previous IN (0, 1)),
  minute INTEGER NOT NULL,
  made_in_minute INTEGER NOT NULL,
  day INTEGER NOT NULL,
  made_in_day INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX fit_keys_of_account ON fit_keys (account, created_at DESC, id DESC);

-- From a source and options (hashed together) to the file that was made of them.
CREATE TABLE fit_index (
  account TEXT NOT NULL,
  key TEXT NOT NULL,
  media TEXT NOT NULL,
  etag TEXT,
  last_modified TEXT,
  -- The source may be taken as unchanged until then, by its own cache headers.
  fresh_until INTEGER NOT NULL,
  kept_until INTEGER NOT NULL,
  PRIMARY KEY (account, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX fit_index_kept ON fit_index (kept_until);
