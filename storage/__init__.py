"""The POM graph and all that must survive."""
