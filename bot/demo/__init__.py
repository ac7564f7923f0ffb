"""The demo: the sample organisation in a Slack workspace on this machine."""
