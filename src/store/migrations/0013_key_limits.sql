-- What a key may do, as JSON; NULL for everything. Counted below, for keys that have limits.
ALTER TABLE api_keys ADD COLUMN limits TEXT;

CREATE TABLE key_sends (
  key TEXT NOT NULL,
  message TEXT NOT NULL,
  at INTEGER NOT NULL,
  amount INTEGER NOT NULL,
  PRIMARY KEY (key, message)
) STRICT, WITHOUT ROWID;

CREATE INDEX key_sends_of_key ON key_sends (key, at);
CREATE INDEX key_sends_by_age ON key_sends (at);

-- The sum of key_sends by day (UTC), which outlives them.
CREATE TABLE key_days (
  key TEXT NOT NULL,
  day TEXT NOT NULL,
  messages INTEGER NOT NULL,
  amount INTEGER NOT NULL,
  PRIMARY KEY (key, day)
) STRICT, WITHOUT ROWID;

CREATE INDEX key_days_by_age ON key_days (day);

CREATE TRIGGER key_sends_counted AFTER INSERT ON key_sends
BEGIN
  INSERT INTO key_days (key, day, messages, amount)
  VALUES (NEW.key, strftime('%Y-%m-%d', NEW.at / 1000, 'unixepoch'), 1, NEW.amount)
  ON CONFLICT (key, day) DO UPDATE SET messages = messages + 1, amount = amount + excluded.amount;
END;
