-- Which media types of inbound messages are shown; number '' stands for all numbers of the account.
CREATE TABLE content_profiles (
  account TEXT NOT NULL,
  number TEXT NOT NULL,
  profile TEXT NOT NULL,
  PRIMARY KEY (account, number)
) STRICT, WITHOUT ROWID;
