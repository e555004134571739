-- What people said about being written to. `who` is a keyed hash of the address, so that an opt-out outlives the address.
CREATE TABLE consents (
  account TEXT NOT NULL,
  who TEXT NOT NULL,
  programme TEXT NOT NULL DEFAULT '',
  address TEXT,
  state TEXT NOT NULL CHECK (state IN ('in', 'out')),
  source TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (account, who, programme)
) WITHOUT ROWID;
CREATE INDEX consents_list ON consents (account, at, who, programme);

-- The last automatic answer to a sender, number and word: one in five minutes.
CREATE TABLE automatic_replies (
  account TEXT NOT NULL,
  number TEXT NOT NULL,
  sender TEXT NOT NULL,
  word TEXT NOT NULL,
  message TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (account, number, sender, word)
) WITHOUT ROWID;
CREATE INDEX automatic_replies_at ON automatic_replies (at);
