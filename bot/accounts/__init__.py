"""Accounts of staff: roles and rights, passwords, second factors, invitations; for the console and the commands."""
