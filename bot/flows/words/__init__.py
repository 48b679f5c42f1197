"""Words that several flows compose from content in the same way."""
