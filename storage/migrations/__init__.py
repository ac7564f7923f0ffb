"""The schema's history, step by step. Run by `storage.migrate`."""
