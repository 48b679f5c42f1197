"""Appointments: which times there are, who may take them, what follows from taking and giving back."""
