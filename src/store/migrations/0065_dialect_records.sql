-- What a dialect keeps because its vendor does: apps, contacts, what a message looked like. `subject` is the phone number or
-- the conversation that a row is about, for forgetting; `sealed` are secrets, encrypted.
CREATE TABLE dialect_records (
  account TEXT NOT NULL,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  parent TEXT NOT NULL,
  subject TEXT,
  body TEXT NOT NULL,
  sealed TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (account, kind, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX dialect_records_of_parent ON dialect_records (account, kind, parent, id);
CREATE INDEX dialect_records_by_subject ON dialect_records (account, subject) WHERE subject IS NOT NULL;
