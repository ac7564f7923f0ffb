"""What the command line does beside running the bot: files, tables, history, values, the set-up's checks."""
