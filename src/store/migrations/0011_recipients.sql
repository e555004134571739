-- What an account knows of whom it writes to. mms is 'yes', 'no' or NULL for unknown; a source 'manual' wins over all.
CREATE TABLE recipients (
  account TEXT NOT NULL,
  address TEXT NOT NULL,
  mms TEXT CHECK (mms IN ('yes', 'no')),
  mms_source TEXT,
  mms_at INTEGER,
  mms_until INTEGER,
  network TEXT,
  network_source TEXT,
  network_at INTEGER,
  wrote_at INTEGER,
  PRIMARY KEY (account, address)
) STRICT, WITHOUT ROWID;

-- An account's own word on a network, in place of the row that ships.
CREATE TABLE network_overrides (
  account TEXT NOT NULL,
  network TEXT NOT NULL,
  message_bytes INTEGER,
  max_side INTEGER,
  PRIMARY KEY (account, network)
) STRICT, WITHOUT ROWID;

-- Which content (by hash) went to which strangers lately: a row lives for ten minutes.
CREATE TABLE sightings (
  account TEXT NOT NULL,
  content TEXT NOT NULL,
  address TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (account, content, address)
) STRICT, WITHOUT ROWID;

CREATE INDEX sightings_of_content ON sightings (account, content, at);
CREATE INDEX sightings_by_age ON sightings (at);
