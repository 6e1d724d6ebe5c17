// The floor of the `cli` row: what a statically linked Swift process costs before it does anything.
print("x")
