"""Pitching: an object is put to the readers of its channel, who back it, challenge it or ask; and somebody decides."""
