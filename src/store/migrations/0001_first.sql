-- Times are milliseconds since 1970, flags are 0 or 1, and every table names its account.

CREATE TABLE accounts (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  retention_days INTEGER CHECK (retention_days >= 1),
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE api_keys (
  hash TEXT PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  account TEXT NOT NULL REFERENCES accounts (id),
  name TEXT NOT NULL,
  scopes TEXT NOT NULL,
  test INTEGER NOT NULL,
  local_only INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX api_keys_of_account ON api_keys (account, created_at);

CREATE TABLE numbers (
  account TEXT NOT NULL,
  address TEXT NOT NULL,
  type TEXT NOT NULL CHECK (type IN ('long-code', 'toll-free', 'short-code')),
  country TEXT NOT NULL CHECK (country IN ('US', 'CA')),
  sms INTEGER NOT NULL,
  mms INTEGER NOT NULL,
  vendor TEXT NOT NULL,
  budget INTEGER,
  is_default INTEGER NOT NULL,
  label TEXT,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (account, address)
) STRICT, WITHOUT ROWID;

-- What a vendor delivers to a number has one owner.
CREATE UNIQUE INDEX numbers_by_vendor ON numbers (vendor, address);
CREATE UNIQUE INDEX numbers_default ON numbers (account) WHERE is_default = 1;

CREATE TABLE claims (
  account TEXT NOT NULL,
  key TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  subject TEXT NOT NULL,
  holder TEXT NOT NULL,
  takes INTEGER NOT NULL,
  leased_until INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  answer TEXT,
  PRIMARY KEY (account, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX claims_by_expiry ON claims (expires_at);

-- The bytes: one row an object of the bucket. marked_at opens the hour of grace, purging_until and purger are a
-- lease of one run of the sweep on the object, gone_at says that it was deleted.
CREATE TABLE blobs (
  account TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  marked_at INTEGER,
  purging_until INTEGER,
  purger TEXT,
  gone_at INTEGER,
  PRIMARY KEY (account, sha256)
) STRICT, WITHOUT ROWID;

CREATE INDEX blobs_to_mark ON blobs (expires_at) WHERE marked_at IS NULL AND gone_at IS NULL;
CREATE INDEX blobs_to_purge ON blobs (marked_at) WHERE marked_at IS NOT NULL AND gone_at IS NULL;

CREATE TABLE media (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  class TEXT NOT NULL CHECK (class IN ('upload', 'message', 'rendition', 'inbound')),
  sha256 TEXT NOT NULL,
  type TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  width INTEGER,
  height INTEGER,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  deleted_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX media_naming ON media (account, sha256) WHERE deleted_at IS NULL;
CREATE INDEX media_by_expiry ON media (expires_at) WHERE deleted_at IS NULL;

CREATE TABLE renditions (
  account TEXT NOT NULL,
  key TEXT NOT NULL,
  media TEXT NOT NULL,
  PRIMARY KEY (account, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX renditions_of_media ON renditions (media);

CREATE TABLE conversations (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  own TEXT NOT NULL,
  members TEXT NOT NULL,
  -- The work list: open is the intention, opened_at the last one written, touched_at the last look of the sweep.
  open INTEGER NOT NULL,
  opened_at INTEGER NOT NULL,
  touched_at INTEGER NOT NULL,
  last_message TEXT,
  last_text TEXT,
  last_direction TEXT,
  last_state TEXT,
  last_parts INTEGER,
  messages INTEGER NOT NULL,
  -- last_at orders the list: when the newest message was made, or the conversation while it has none.
  last_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX conversations_of_account ON conversations (account, last_at DESC, id DESC);
CREATE INDEX conversations_open ON conversations (touched_at) WHERE open = 1;

CREATE TABLE members (
  account TEXT NOT NULL,
  address TEXT NOT NULL,
  conversation TEXT NOT NULL,
  PRIMARY KEY (account, address, conversation)
) STRICT, WITHOUT ROWID;

CREATE TABLE messages (
  id TEXT PRIMARY KEY,
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
) STRICT, WITHOUT ROWID;

CREATE INDEX messages_of_account ON messages (account, created_at DESC, id DESC);
CREATE INDEX messages_of_conversation ON messages (account, conversation, sequence DESC);
CREATE INDEX messages_by_vendor ON messages (vendor, vendor_id) WHERE vendor_id IS NOT NULL;

CREATE TABLE parts (
  message TEXT NOT NULL,
  position INTEGER NOT NULL,
  account TEXT NOT NULL,
  media TEXT NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  state TEXT NOT NULL,
  PRIMARY KEY (message, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX parts_of_media ON parts (account, media);

CREATE TABLE events (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  conversation TEXT NOT NULL,
  message TEXT NOT NULL,
  state TEXT NOT NULL,
  certainty TEXT,
  reason TEXT,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX events_of_account ON events (account, at DESC, id DESC);

CREATE TABLE parked (
  vendor TEXT NOT NULL,
  event_id TEXT NOT NULL,
  account TEXT,
  vendor_id TEXT,
  body TEXT NOT NULL,
  at INTEGER NOT NULL,
  orphaned_at INTEGER,
  PRIMARY KEY (vendor, event_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX parked_by_message ON parked (vendor, vendor_id) WHERE orphaned_at IS NULL;
CREATE INDEX parked_by_age ON parked (at) WHERE orphaned_at IS NULL;
CREATE INDEX parked_orphans ON parked (account, at DESC) WHERE orphaned_at IS NOT NULL;
