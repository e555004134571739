-- A word that is deleted leaves the index at once: without this it stays in it, unreachable, until segments are merged.
INSERT INTO message_words (message_words, rank) VALUES ('secure-delete', 1);
