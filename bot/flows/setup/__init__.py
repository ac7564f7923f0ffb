"""Setting up: who greets whom at first, the teams with their channels, people and rituals, and what a team is."""
