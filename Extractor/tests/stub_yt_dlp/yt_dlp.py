"""Stands in for yt-dlp in tests: answers are made from the address, without a network."""

import os
import sys
import time

print("stray output of an import")


class DownloadError(Exception):
    """As yt-dlp raises it."""


FORMATS = [
    {"format_id": "140", "url": "https://media.example/140?expire=2000000000&c=VISIONOS", "acodec": "mp4a.40.2",
     "vcodec": "none", "abr": 129, "language_preference": 10, "http_headers": {"User-Agent": "x", "Host": "bad"}},
    {"format_id": "251", "url": "https://media.example/251?expire=2000000000&c=VISIONOS", "acodec": "opus",
     "vcodec": "none", "abr": 130, "language_preference": 10, "http_headers": {"User-Agent": "x", "Range": "no"}},
    {"format_id": "251-drc", "url": "https://media.example/251drc", "acodec": "opus", "vcodec": "none", "abr": 130,
     "language_preference": 10},
    {"format_id": "251-1", "url": "https://media.example/dubbed", "acodec": "opus", "vcodec": "none", "abr": 160,
     "language_preference": -1},
    {"format_id": "18", "url": "https://media.example/18", "acodec": "mp4a.40.2", "vcodec": "avc1", "tbr": 500,
     "language_preference": 10},
]

FAILURES = {
    "private": "ERROR: [youtube] abc: Private video. Sign in if you've been granted access to this video",
    "age": "ERROR: [youtube] abc: Sign in to confirm your age. This video may be inappropriate for some users.",
    "region": "ERROR: The uploader has not made this video available in your country",
    "bot": "ERROR: [youtube] abc: Sign in to confirm you’re not a bot. Use --cookies-from-browser",
    "gone": "ERROR: [youtube] abc: Video unavailable. This video has been removed by the uploader",
    "network": "ERROR: Unable to download webpage: The read operation timed out",
    "refused": "ERROR: unable to download video data: HTTP Error 403: Forbidden",
    "unsupported": "ERROR: No suitable extractor found for URL",
    "odd": "ERROR: KeyError('streamingData')",
}


class YoutubeDL:
    """Answers by the last part of the address."""

    def __init__(self, parameters):
        self.parameters = parameters

    def sanitize_info(self, info):
        return info

    def extract_info(self, target, download=True):
        assert download is False
        print("stray output of an extraction")
        os.write(1, b"stray bytes on descriptor 1\n")
        if target.startswith("ytsearch"):
            head, words = target.split(":", 1)
            count = int(head[len("ytsearch"):])
            return {"_type": "playlist", "entries": (self._entry(n, words) for n in range(count))}
        what = target.rsplit("/", 1)[-1]
        if what in FAILURES:
            raise DownloadError(FAILURES[what])
        if what == "hang":
            time.sleep(60)
        if what == "crash":
            os._exit(7)
        if what == "list":
            def endless():
                number = 0
                while True:
                    yield self._entry(number, "song")
                    number += 1
            return {"_type": "playlist", "title": "A list", "entries": endless()}
        client = self.parameters["extractor_args"]["youtube"].get("player_client", ["default"])[0]
        info = {
            "id": what, "title": f"Title of\n{what} by {client}", "uploader": "Somebody", "duration": 12.5,
            "webpage_url": target, "extractor_key": "Youtube", "formats": FORMATS,
            "thumbnail": "https://pictures.example/1.jpg",
        }
        if what == "live":
            info["live_status"] = "is_live"
            info["formats"] = [] if client == "visionos" else [
                {"format_id": "91", "url": "https://media.example/live.m3u8", "protocol": "m3u8_native",
                 "acodec": "mp4a.40.5", "vcodec": "avc1", "tbr": 200}]
        return info

    @staticmethod
    def _entry(number, words):
        title = "[Private video]" if number == 1 and words == "song" else f"{words} {number}"
        return {"_type": "url", "id": f"id{number}", "title": title, "ie_key": "Youtube",
                "url": f"https://www.youtube.com/watch?v=id{number}", "duration": number}
