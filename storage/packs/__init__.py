"""Packs: the files that declare what kinds, relations and rituals there are."""
