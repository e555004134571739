-- Numbers that send in each other's place when one of them cannot.
ALTER TABLE numbers ADD COLUMN failover INTEGER NOT NULL DEFAULT 0;

-- What vendors call a message that went as several: as one a member of a group, or as one for so many attachments.
CREATE TABLE vendor_ids (
  vendor TEXT NOT NULL,
  vendor_id TEXT NOT NULL,
  message TEXT NOT NULL,
  account TEXT NOT NULL,
  conversation TEXT NOT NULL,
  PRIMARY KEY (vendor, vendor_id, message)
) STRICT, WITHOUT ROWID;

CREATE INDEX vendor_ids_of_message ON vendor_ids (message);
