"""`/pom` and what stands behind each of its words."""
