-- Accounts of ours at vendors. Credentials are sealed before they come here (AES-GCM under a key from the root key).
CREATE TABLE vendor_accounts (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  vendor TEXT NOT NULL,
  name TEXT NOT NULL,
  sealed TEXT NOT NULL,
  -- A JSON object without secrets.
  settings TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX vendor_accounts_of_vendor ON vendor_accounts (account, vendor);
CREATE INDEX vendor_accounts_of_account ON vendor_accounts (account, created_at DESC, id DESC);
