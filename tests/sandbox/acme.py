"""A small company for the tests: three people, a bot in one of three channels."""

from typing import Any

CONFIG: dict[str, Any] = {
    "workspaces": [
        {
            "id": "T01ACME",
            "name": "Acme",
            "domain": "acme",
            "users": [
                {"id": "U01ANA", "name": "ana", "real_name": "Ana Ruiz", "tz": "Europe/Berlin", "is_admin": True},
                {
                    "id": "U02BEN",
                    "name": "ben",
                    "real_name": "Ben Okafor",
                    "tz": "America/New_York",
                    "email": "ben@acme.example",
                },
                {"id": "U03CHO", "name": "cho", "real_name": "Cho Min", "tz": "Asia/Tokyo"},
            ],
            "channels": [
                {"id": "C01GROWTH", "name": "growth", "members": ["U01ANA", "U02BEN"]},
                {"id": "C02RANDOM", "name": "random", "members": ["U01ANA", "U02BEN", "U03CHO"]},
                {"id": "C03SECRET", "name": "secret", "is_private": True, "members": ["U01ANA"]},
                {"id": "C04PAST", "name": "past", "is_archived": True, "members": ["U01ANA"]},
            ],
        }
    ],
    "apps": [
        {
            "id": "A01HELPER",
            "name": "Helper",
            "bot_user": {"id": "U0BOT", "name": "helper", "channels": ["C01GROWTH", "C04PAST"]},
            "bot_tokens": {"T01ACME": "xoxb-acme"},
            "app_token": "xapp-acme",
            "signing_secret": "shhh",
            "client_id": "1.2",
            "client_secret": "very secret",
            "commands": [{"command": "/ask", "description": "Ask something", "usage_hint": "[what]"}],
            "shortcuts": [
                {"type": "message", "callback_id": "save", "name": "Save this"},
                {"type": "global", "callback_id": "new", "name": "New thing"},
            ],
            "bot_events": [
                "app_mention",
                "message.channels",
                "message.groups",
                "message.im",
                "message.mpim",
                "reaction_added",
                "reaction_removed",
                "app_home_opened",
                "member_joined_channel",
                "member_left_channel",
                "channel_created",
                "channel_rename",
                "channel_archive",
                "message_metadata_posted",
                "message_metadata_updated",
                "message_metadata_deleted",
                "user_change",
                "team_join",
                "file_shared",
            ],
        }
    ],
    "clock": {"starts": "2026-09-17T08:00:00Z", "runs": False},
}
