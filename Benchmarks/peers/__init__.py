"""Other daemons, used where they are installed."""
