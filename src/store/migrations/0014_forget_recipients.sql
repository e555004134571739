-- So that a person's number can be taken out everywhere.
CREATE INDEX sightings_of_address ON sightings (account, address);
