-- Endpoints of customers. Secrets are not here: they are derived from the root key, the id and the generation.
CREATE TABLE webhooks (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  url TEXT NOT NULL,
  description TEXT,
  -- JSON arrays; NULL wants all.
  types TEXT,
  numbers TEXT,
  attachments TEXT NOT NULL CHECK (attachments IN ('together', 'each')),
  strict_order INTEGER NOT NULL,
  shards INTEGER NOT NULL CHECK (shards BETWEEN 1 AND 8),
  revision INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  previous_until INTEGER,
  enabled INTEGER NOT NULL,
  active_since INTEGER NOT NULL,
  disabled_at INTEGER,
  disabled_reason TEXT,
  failing_since INTEGER,
  last_success_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX webhooks_of_account ON webhooks (account, created_at DESC, id DESC);
CREATE INDEX webhooks_active ON webhooks (account) WHERE enabled = 1;
