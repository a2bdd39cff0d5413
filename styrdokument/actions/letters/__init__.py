"""Letters: what is said to whom, in their language, of each kind of mail in the outbox."""
