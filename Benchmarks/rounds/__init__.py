"""How often something is measured and when a measurement counts."""
