"""What the scheduler does by itself: reminders, gentle questions, surveys, keeping the house."""
