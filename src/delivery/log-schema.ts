/** The tables of a conversation's object. A later version adds statements at the end, each safe to run again. */
export const LOG_SCHEMA = `
CREATE TABLE IF NOT EXISTS thread (
  one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL, account TEXT NOT NULL, own TEXT NOT NULL, members TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS messages (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, direction TEXT NOT NULL, body TEXT NOT NULL, parts TEXT NOT NULL,
  state TEXT NOT NULL, certainty TEXT, reason TEXT, vendor_code TEXT, vendor_text TEXT, vendor_id TEXT,
  maybe_duplicate INTEGER NOT NULL DEFAULT 0, recipients TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
  revision INTEGER NOT NULL DEFAULT 1, projected INTEGER NOT NULL DEFAULT 0,
  due_at INTEGER, attempts INTEGER NOT NULL DEFAULT 0, first_attempt_at INTEGER, hold_until INTEGER, valid_until INTEGER NOT NULL,
  outcome_unknown INTEGER NOT NULL DEFAULT 0, confirm_at INTEGER, unpark INTEGER NOT NULL DEFAULT 0, hidden_at INTEGER
);
CREATE INDEX IF NOT EXISTS messages_due ON messages (sequence) WHERE due_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS messages_unprojected ON messages (sequence) WHERE projected < revision;
CREATE INDEX IF NOT EXISTS messages_confirm ON messages (confirm_at) WHERE confirm_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS messages_unpark ON messages (sequence) WHERE unpark = 1;
CREATE TABLE IF NOT EXISTS timeline (
  message TEXT NOT NULL, n INTEGER NOT NULL, at INTEGER NOT NULL, event TEXT NOT NULL, detail TEXT, attempt INTEGER, vendor_code TEXT,
  PRIMARY KEY (message, n)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS attempts (
  message TEXT NOT NULL, n INTEGER NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER, outcome TEXT, detail TEXT,
  PRIMARY KEY (message, n)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS claims (claim TEXT PRIMARY KEY, message TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS claims_at ON claims (at);
CREATE TABLE IF NOT EXISTS copies (
  message TEXT NOT NULL, position INTEGER NOT NULL, url TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0, due_at INTEGER NOT NULL,
  PRIMARY KEY (message, position)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS copies_due ON copies (due_at);
CREATE INDEX IF NOT EXISTS messages_heard ON messages (created_at) WHERE direction = 'inbound';
`
