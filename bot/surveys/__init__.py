"""Surveys before they are asked: who may be invited to what, when, and which questions come this time."""
