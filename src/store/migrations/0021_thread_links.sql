-- Which thread a group's thread follows after somebody joined or left.
CREATE TABLE thread_links (
  account TEXT NOT NULL,
  conversation TEXT NOT NULL,
  previous TEXT NOT NULL,
  PRIMARY KEY (account, conversation)
) STRICT, WITHOUT ROWID;
CREATE INDEX thread_links_back ON thread_links (account, previous, conversation);
