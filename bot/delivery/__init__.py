"""What the way in and the way out are made of: paces, fates, the ledger, the standing of a channel."""
