"""What happens when Slack tells us something: payload in, one call inward, a reply out."""
