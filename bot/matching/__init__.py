"""What a citizen wrote → what it is about. Knows no content and no talk: it is given phrases and gives back ids."""
