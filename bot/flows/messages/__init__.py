"""What people say in messages, and what is made of it: saved, asked about, logged in plain words, looked up by its keys."""
