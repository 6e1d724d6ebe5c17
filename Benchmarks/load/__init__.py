"""The load generator: a C program and the driver's view of it."""
