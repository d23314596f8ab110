"""What is true of the measures: checks, changes, reviews."""
