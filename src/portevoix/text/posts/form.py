"""The form of a post: its richest part. Video goes before photo, photo before link, link before text."""

import re

from portevoix.text.posts.codes import Posted

_VIDEO_FILE = re.compile(r"\.(?:mp4|mov|webm|m3u8|m4v)(?:[?#]|$)", re.IGNORECASE)
_VIDEO_PLACE = re.compile(
    r"(?:youtube\.com/(?:watch|live|shorts)|youtu\.be/|vimeo\.com/|dailymotion\.com/video|dai\.ly/|/videos?/watch/"
    r"|facebook\.com/\S+/videos/|twitch\.tv/)",
    re.IGNORECASE,
)
_LINK = re.compile(r"https?://|\bwww\.\w", re.IGNORECASE)
_NO_PICTURE = ("audio", "application", "text", "poll")


def form(post: Posted) -> str:
    """Return "video", "photo", "link" or "text". A link to a video is a video; a file of unknown type is a photo."""
    kinds = [media.type.lower() for media in post.media]
    if any(kind.startswith(("video", "gifv")) for kind in kinds) or any(
        _VIDEO_FILE.search(media.url) for media in post.media
    ):
        return "video"
    if any(_VIDEO_PLACE.search(place) for place in (post.text, *post.links)):
        return "video"
    if any(not kind.startswith(_NO_PICTURE) for kind in kinds):
        return "photo"
    return "link" if post.links or _LINK.search(post.text) else "text"
