"""Figures for the centre. Every one is shown with how many people it is made of."""
