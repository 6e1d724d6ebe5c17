"""The least that each thing can cost: a C line server, bare SQLite, bare tmux, a bare process."""
