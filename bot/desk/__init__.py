"""What staff do: plain functions inside one transaction, called by commands, the console and staff chats alike."""
