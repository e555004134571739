-- sms and mms hold how far the capability is: 0 off, 1 active, 2 requested, 3 pending (ported, not yet proved).
ALTER TABLE numbers ADD COLUMN ported_at INTEGER;
-- Prices are integer micro-units of the account's currency; NULL where nobody said.
ALTER TABLE numbers ADD COLUMN sms_price_out INTEGER;
ALTER TABLE numbers ADD COLUMN sms_price_in INTEGER;
ALTER TABLE numbers ADD COLUMN mms_price_out INTEGER;
ALTER TABLE numbers ADD COLUMN mms_price_in INTEGER;
ALTER TABLE numbers ADD COLUMN prefer_jpeg INTEGER NOT NULL DEFAULT 0;
ALTER TABLE numbers ADD COLUMN sms_max_segments INTEGER NOT NULL DEFAULT 1;
ALTER TABLE numbers ADD COLUMN registration TEXT;
