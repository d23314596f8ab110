"""The commands, one module each: its arguments, its help, what it prints."""
