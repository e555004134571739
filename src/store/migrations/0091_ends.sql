-- For whom a page was made (a JSON array of addresses), so that it can be forgotten with them.
ALTER TABLE link_pages ADD COLUMN recipients TEXT NOT NULL DEFAULT '[]';
CREATE INDEX link_pages_of_account ON link_pages (account);

-- Rows of what is long gone, for the sweep that takes them away.
CREATE INDEX media_gone ON media (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX blobs_gone ON blobs (gone_at) WHERE gone_at IS NOT NULL;

-- Events that found no message, over all accounts.
CREATE INDEX parked_orphaned ON parked (at DESC) WHERE orphaned_at IS NOT NULL;
