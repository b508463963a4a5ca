"""Chooses the audio of a song and turns yt-dlp's dictionaries into plain answers."""

import re
import time
from urllib.parse import parse_qs, urlsplit

from .failures import Failure

MAXIMUM_TEXT = 300
_HEADER_NAME = re.compile(r"^[A-Za-z0-9-]{1,64}$")


def text(value, limit=MAXIMUM_TEXT):
    """A printable line of at most `limit` characters, or None."""
    if not isinstance(value, str):
        return None
    line = " ".join("".join(c if c.isprintable() else " " for c in value).split())
    return line[:limit] or None


def number(value):
    """A finite number that is not negative, or None."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if 0 <= value < 1e12 else None


def web_address(value):
    """An http or https address of reasonable length, or None."""
    if isinstance(value, str) and len(value) <= 8192 and value.startswith(("http://", "https://")):
        return value
    return None


def best_audio(formats, now=None):
    """The format to play: usable soonest, original language, no dynamic compression, Opus before AAC, then the rate."""
    now = time.time() if now is None else now
    candidates = [f for f in formats if isinstance(f, dict) and _is_audible(f)]
    if not candidates:
        raise Failure("unavailable", "no video formats with sound that can be played")
    return max(candidates, key=lambda f: _rank(f, now))


def _is_audible(fmt):
    if not web_address(fmt.get("url")) or fmt.get("acodec") == "none" or fmt.get("has_drm"):
        return False
    return fmt.get("protocol") in (None, "http", "https", "m3u8", "m3u8_native", "http_dash_segments_url")


def _rank(fmt, now):
    codec = fmt.get("acodec") or ""
    wait = max(0.0, (number(fmt.get("available_at")) or 0) - now)
    language = fmt.get("language_preference")
    name = f"{fmt.get('format_id')} {fmt.get('format_note')}".lower()
    rate = number(fmt.get("abr")) or number(fmt.get("tbr")) or 0
    audio_only = fmt.get("vcodec") in (None, "none")
    return (
        wait <= 10,                                            # one that must be waited for only when there is no other
        language if isinstance(language, (int, float)) else -1,
        "drc" not in name,
        audio_only,
        fmt.get("protocol") in (None, "http", "https"),        # one file rather than a playlist of pieces
        2 if codec.startswith("opus") else 1 if codec.startswith(("mp4a", "aac")) else 0,
        -wait,
        -abs(rate - 160) if rate else -1000,                   # about 160 kbit/s: more is not heard, less is
    )


def expiry(url):
    """When the address stops working, in seconds since 1970, when it says so."""
    parts = urlsplit(url)
    values = parse_qs(parts.query).get("expire") or parse_qs(parts.query).get("Expires")
    if not values:
        found = re.search(r"/expire/(\d{9,11})(?:/|$)", parts.path)
        values = [found.group(1)] if found else []
    try:
        # "nan" and "inf" are floats too, and no JSON.
        return number(float(values[0])) if values else None
    except ValueError:
        return None


def headers(fmt):
    """The request headers of a format, without those that the fetcher sets itself or that could break a request."""
    result = {}
    for name, value in (fmt.get("http_headers") or {}).items():
        if not isinstance(name, str) or not isinstance(value, str) or not _HEADER_NAME.match(name):
            continue
        if name.lower() in ("host", "range", "content-length", "accept-encoding", "connection", "transfer-encoding"):
            continue
        if len(value) <= 2048 and value.isprintable():
            result[name] = value
    return dict(list(result.items())[:32])


def track(info, page=None):
    """What people see of a song."""
    live = info.get("live_status") == "is_live" or info.get("is_live") is True
    identifier = text(info.get("id"), 200)
    address = web_address(info.get("webpage_url")) or web_address(info.get("url")) or web_address(page)
    if not identifier or not address:
        return None
    return {
        "site": (text(info.get("extractor_key"), 60) or text(info.get("ie_key"), 60) or "site").lower(),
        "id": identifier,
        "url": address,
        "title": text(info.get("title")) or identifier,
        "uploader": text(info.get("artist") or info.get("uploader") or info.get("channel")),
        "duration": None if live else number(info.get("duration")),
        "thumbnail": _thumbnail(info),
        "live": live,
    }


def _thumbnail(info):
    if web_address(info.get("thumbnail")):
        return info["thumbnail"]
    for entry in reversed(info.get("thumbnails") or []):
        if isinstance(entry, dict) and web_address(entry.get("url")):
            return entry["url"]
    return None


def song(info, page):
    """A song with its audio, from a complete dictionary of yt-dlp."""
    if info.get("live_status") == "is_upcoming":
        raise Failure("unavailable", "the live event has not begun")
    shown = track(info, page)
    if not shown:
        raise Failure("unavailable", "no id")
    fmt = best_audio(info.get("formats") or ([info] if info.get("url") else []))
    query = parse_qs(urlsplit(fmt["url"]).query)
    shown["audio"] = {
        "url": fmt["url"],
        "headers": headers(fmt),
        "format": text(str(fmt.get("format_id")), 60),
        "codec": (text(fmt.get("acodec"), 60) or "").split(".")[0].replace("mp4a", "aac") or None,
        "expires": expiry(fmt["url"]),
        "available_at": number(fmt.get("available_at")),
        "client": text((query.get("c") or [None])[0], 60),
    }
    return shown
