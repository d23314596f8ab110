"""What leaves the house: published sets, schedules, mail."""
