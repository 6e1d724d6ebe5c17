"""The machine we run on: directories, processes, compilers, and what the report says of it."""
