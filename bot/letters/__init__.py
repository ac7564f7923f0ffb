"""What stands in the messages that are edited in place: cards, stories, pitches, proposals, each rendered when it is sent."""
