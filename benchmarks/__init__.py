"""What this project and its peers need for the same work: `make bench` runs all of it."""
