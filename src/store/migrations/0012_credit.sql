-- Money is integer micro-units of the account's currency. balance is what may still be spent: holds are taken off it.
ALTER TABLE accounts ADD COLUMN plan TEXT NOT NULL DEFAULT 'unlimited' CHECK (plan IN ('trial', 'prepaid', 'unlimited'));
ALTER TABLE accounts ADD COLUMN currency TEXT NOT NULL DEFAULT 'USD';
ALTER TABLE accounts ADD COLUMN balance INTEGER NOT NULL DEFAULT 0;

-- What one message costs. held -> settled or released, and released -> settled when a report proves it went after all.
CREATE TABLE charges (
  message TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  number TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('sms', 'mms')),
  direction TEXT NOT NULL CHECK (direction IN ('outbound', 'inbound')),
  units INTEGER NOT NULL,
  amount INTEGER NOT NULL CHECK (amount >= 0),
  state TEXT NOT NULL CHECK (state IN ('held', 'settled', 'released')),
  -- Whether it moves the balance: it was prepaid when it was made.
  prepaid INTEGER NOT NULL,
  at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX charges_held ON charges (at) WHERE state = 'held';
CREATE INDEX charges_held_of_account ON charges (account, amount) WHERE state = 'held';

-- Every move of a balance. Its sum is the balance, because nothing else moves it.
CREATE TABLE ledger (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('top_up', 'hold', 'release', 'inbound')),
  amount INTEGER NOT NULL,
  message TEXT,
  note TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX ledger_of_account ON ledger (account, at DESC, id DESC);

-- What went and came, by day (UTC): the sum of the settled charges.
CREATE TABLE usage_days (
  account TEXT NOT NULL,
  day TEXT NOT NULL,
  number TEXT NOT NULL,
  kind TEXT NOT NULL,
  direction TEXT NOT NULL,
  messages INTEGER NOT NULL,
  units INTEGER NOT NULL,
  amount INTEGER NOT NULL,
  PRIMARY KEY (account, day, number, kind, direction)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER ledger_moves_balance AFTER INSERT ON ledger
BEGIN
  UPDATE accounts SET balance = balance + NEW.amount WHERE id = NEW.account;
END;

CREATE TRIGGER charges_taken AFTER INSERT ON charges WHEN NEW.prepaid = 1 AND NEW.state <> 'released' AND NEW.amount > 0
BEGIN
  INSERT INTO ledger (id, account, at, kind, amount, message)
  VALUES ('led_' || hex(randomblob(12)), NEW.account, NEW.at, iif(NEW.direction = 'inbound', 'inbound', 'hold'), -NEW.amount, NEW.message);
END;

CREATE TRIGGER charges_released AFTER UPDATE OF state ON charges
WHEN NEW.prepaid = 1 AND OLD.state <> 'released' AND NEW.state = 'released' AND NEW.amount > 0
BEGIN
  INSERT INTO ledger (id, account, at, kind, amount, message)
  VALUES ('led_' || hex(randomblob(12)), NEW.account, NEW.changed_at, 'release', NEW.amount, NEW.message);
END;

CREATE TRIGGER charges_taken_again AFTER UPDATE OF state ON charges
WHEN NEW.prepaid = 1 AND OLD.state = 'released' AND NEW.state <> 'released' AND NEW.amount > 0
BEGIN
  INSERT INTO ledger (id, account, at, kind, amount, message)
  VALUES ('led_' || hex(randomblob(12)), NEW.account, NEW.changed_at, 'hold', -NEW.amount, NEW.message);
END;

CREATE TRIGGER charges_counted AFTER INSERT ON charges WHEN NEW.state = 'settled'
BEGIN
  INSERT INTO usage_days (account, day, number, kind, direction, messages, units, amount)
  VALUES (NEW.account, strftime('%Y-%m-%d', NEW.at / 1000, 'unixepoch'), NEW.number, NEW.kind, NEW.direction, 1, NEW.units, NEW.amount)
  ON CONFLICT (account, day, number, kind, direction) DO UPDATE SET
    messages = messages + 1, units = units + excluded.units, amount = amount + excluded.amount;
END;

CREATE TRIGGER charges_settled AFTER UPDATE OF state ON charges WHEN NEW.state = 'settled' AND OLD.state <> 'settled'
BEGIN
  INSERT INTO usage_days (account, day, number, kind, direction, messages, units, amount)
  VALUES (NEW.account, strftime('%Y-%m-%d', NEW.at / 1000, 'unixepoch'), NEW.number, NEW.kind, NEW.direction, 1, NEW.units, NEW.amount)
  ON CONFLICT (account, day, number, kind, direction) DO UPDATE SET
    messages = messages + 1, units = units + excluded.units, amount = amount + excluded.amount;
END;
