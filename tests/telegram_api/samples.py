"""What messages without text look like, one of each kind."""

from __future__ import annotations

import itertools

from tests.telegram_api.refusals import Json

_NUMBERS = itertools.count(1)


def sample(kind: str) -> Json:
    """The content of a message of a kind.

    Raises:
        KeyError: there is no sample of this kind.
    """
    number = next(_NUMBERS)
    file = {
        "file_id": f"theirs-{number}",
        "file_unique_id": f"unique-theirs-{number}",
        "file_size": 20_480,
    }
    picture = {"width": 640, "height": 480}
    contents: dict[str, Json] = {
        "animation": {
            "animation": file | picture | {"duration": 2},
            "document": file | {"mime_type": "video/mp4"},
        },
        "audio": {"audio": file | {"duration": 180, "mime_type": "audio/mpeg"}},
        "contact": {
            "contact": {"phone_number": "+8613900000000", "first_name": "王", "user_id": 9}
        },
        "dice": {"dice": {"emoji": "🎲", "value": 4}},
        "document": {
            "document": file | {"file_name": "说明.docx", "mime_type": "application/msword"}
        },
        "location": {"location": {"latitude": 31.2304, "longitude": 121.4737}},
        "photo": {"photo": [file | {"width": 90, "height": 67}, file | picture]},
        "poll": {"poll": _poll(number)},
        "sticker": {
            "sticker": file
            | {"type": "regular", "width": 512, "height": 512, "emoji": "👍", "set_name": "Thumbs"}
            | {"is_animated": False, "is_video": False}
        },
        "venue": {
            "venue": {
                "location": {"latitude": 31.2304, "longitude": 121.4737},
                "title": "People's Square",
                "address": "Shanghai",
            },
            "location": {"latitude": 31.2304, "longitude": 121.4737},
        },
        "video": {"video": file | picture | {"duration": 5, "mime_type": "video/mp4"}},
        "video_note": {"video_note": file | {"length": 240, "duration": 4}},
        "voice": {"voice": file | {"duration": 3, "mime_type": "audio/ogg"}},
    }
    return contents[kind]


def _poll(number: int) -> Json:
    return {
        "id": f"poll-{number}",
        "question": "午饭？",
        "options": [
            {"persistent_id": str(place), "text": text, "voter_count": 0}
            for place, text in enumerate(("面", "饭"))
        ],
        "total_voter_count": 0,
        "is_closed": False,
        "is_anonymous": True,
        "type": "regular",
        "allows_multiple_answers": False,
        "allows_revoting": False,
        "members_only": False,
    }
