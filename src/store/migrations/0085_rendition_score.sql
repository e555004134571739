-- How near a rendition looks to its source, 0 to 100; NULL for what is no picture, and for those made before this.
ALTER TABLE renditions ADD COLUMN score REAL;
