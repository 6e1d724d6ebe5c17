"""The daemon under measurement: its process and configuration, a client of its socket, its agents."""
