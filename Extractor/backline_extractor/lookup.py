"""Asks sites through long-lived YoutubeDL objects: a fast one, and a slow one that tries everything."""

import importlib.metadata
import itertools
import os
import shutil
import subprocess
import sys

from . import formats
from .failures import Failure, classify

MAXIMUM_LIST = 100

# The sites that the program sends here, as names of extractors; the generic extractor is not among them.
ALLOWED_EXTRACTORS = [
    r"youtube(:.*)?", r"soundcloud(:.*)?", r"bandcamp(:.*)?", r"vimeo(:.*)?", r"twitch(:.*)?", r"mixcloud(:.*)?",
    r"audiomack(:.*)?", r"dailymotion(:.*)?", r"hearthis\.at", r"hearthisat", r"niconico(:.*)?", r"bilibili(:.*)?",
]


class Log:
    """Takes what yt-dlp says to stderr, bounded and without addresses' queries."""

    def __init__(self, stream):
        self._stream = stream

    def debug(self, message):
        """Progress is not kept."""

    info = debug

    def warning(self, message):
        """One line per warning."""
        self._write("warning", message)

    def error(self, message):
        """One line per error."""
        self._write("error", message)

    def _write(self, level, message):
        words = " ".join(word.split("?")[0] if "://" in word else word for word in str(message).split())
        self._stream.write(f"{level}: {words[:500]}\n")
        self._stream.flush()


def find_deno(configured=None):
    """The path of deno: as configured, beside this Python, or on the PATH."""
    beside = os.path.join(os.path.dirname(sys.executable), "deno")
    for path in (configured, beside, shutil.which("deno")):
        if path and os.access(path, os.X_OK):
            return path
    return None


def versions(deno):
    """What is installed."""
    def package(name):
        try:
            return importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            return None

    runtime = None
    if deno:
        try:
            out = subprocess.run(
                [deno, "--version"], capture_output=True, text=True, timeout=10, stdin=subprocess.DEVNULL).stdout
            runtime = out.split("\n")[0].split("(")[0].strip()[:60] or None
        except (OSError, subprocess.SubprocessError):
            runtime = None
    return {
        "python": sys.version.split()[0],
        "yt_dlp": package("yt-dlp"),
        "yt_dlp_ejs": package("yt-dlp-ejs"),
        "js_runtime": runtime,
    }


class Sites:
    """All lookups of one worker."""

    def __init__(self, options, guard, log_stream=sys.stderr):
        self._options = options
        self._guard = guard
        self._log = Log(log_stream)
        self._deno = find_deno(options.deno)
        self._instances = {}
        try:
            import yt_dlp
            self._yt_dlp = yt_dlp
        except ImportError as error:
            self._yt_dlp = None
            self._log.error(f"yt-dlp cannot be imported: {error}")

    # Requests

    def version(self, _request):
        """What is installed; works without yt-dlp."""
        return versions(self._deno) | {"ready": self._yt_dlp is not None}

    def search(self, request):
        """Songs on YouTube that match words."""
        words = formats.text(request.get("query"), 200)
        if not words:
            raise Failure("bad_request", "query is missing")
        count = self._limit(request, 25)
        info = self._extract("fast", f"ytsearch{count}:{words}")
        return {"tracks": self._entries(info, count)}

    def lookup(self, request):
        """What an address stands for: a song with its audio, or a list."""
        url = self._url(request)
        count = self._limit(request, MAXIMUM_LIST)
        info = self._extract("fast", url)
        if info.get("_type") in ("playlist", "multi_video"):
            return {
                "name": formats.text(info.get("title")) or "List",
                "tracks": self._entries(info, count),
            }
        return {"song": self._song(info, url, "fast")}

    def stream(self, request):
        """The audio of one song; way 0 is fast, 1 the default clients, 2 and more other clients."""
        url = self._url(request)
        way = request.get("way", 0)
        if not isinstance(way, int) or not 0 <= way <= 9:
            raise Failure("bad_request", "way")
        kind = "fast" if way == 0 else "slow" if way % 2 else "other"
        info = self._extract(kind, url)
        if info.get("_type") in ("playlist", "multi_video"):
            entries = self._entries(info, 1)
            if not entries:
                raise Failure("unavailable", "the list is empty")
            url = entries[0]["url"]
            info = self._extract(kind, url)
        return {"song": self._song(info, url, kind)}

    # Parts

    def _song(self, info, url, kind):
        # Broadcasts have only the playlists that the fast way does not ask for.
        if kind == "fast" and not any(f.get("url") for f in info.get("formats") or []) and not info.get("url"):
            info = self._extract("slow", url)
        return formats.song(info, url)

    def _url(self, request):
        url = formats.web_address(request.get("url"))
        if not url:
            raise Failure("unsupported", "not an http address")
        self._guard.check_url(url)
        return url

    def _limit(self, request, maximum):
        limit = request.get("limit", maximum)
        if not isinstance(limit, int) or isinstance(limit, bool):
            raise Failure("bad_request", "limit")
        return max(1, min(limit, maximum))

    def _entries(self, info, count):
        found = []
        for entry in itertools.islice(info.get("entries") or [], count * 2):
            if not isinstance(entry, dict) or entry.get("_type") == "playlist":
                continue
            key = str(entry.get("ie_key") or "")
            if key.endswith(("Tab", "Playlist", "Set", "User", "Channel")):
                continue
            if entry.get("title") in ("[Private video]", "[Deleted video]"):
                continue
            shown = formats.track(entry)
            if shown:
                found.append(shown)
            if len(found) == count:
                break
        return found

    def _extract(self, kind, target):
        if self._yt_dlp is None:
            raise Failure("missing")
        try:
            ydl = self._instance(kind)
            info = ydl.extract_info(target, download=False)
            if not info:
                raise Failure("unsupported", "nothing found")
            if "entries" in info:
                # Lists are read lazily: only as many pages as needed, before the dictionary is made plain.
                info["entries"] = list(itertools.islice(info["entries"] or [], MAXIMUM_LIST))
            return ydl.sanitize_info(info)
        except Exception as error:
            failure = classify(error)
            self._log.error(f"{failure.code}: {failure.detail}")
            raise failure from None

    def _instance(self, kind):
        if kind not in self._instances:
            self._instances[kind] = self._yt_dlp.YoutubeDL(self._parameters(kind))
        return self._instances[kind]

    def _parameters(self, kind):
        youtube = {
            "fast": {
                "player_client": ["visionos"],
                "player_skip": ["webpage", "configs", "js"],
                "skip": ["hls", "dash", "translated_subs"],
            },
            "slow": {"skip": ["translated_subs"]},
            "other": {"player_client": ["web_embedded", "tv_samsung", "web"], "skip": ["translated_subs"]},
        }[kind]
        allowed = list(ALLOWED_EXTRACTORS)
        if self._options.allow_loopback:
            allowed.append("generic")
        parameters = {
            "quiet": True, "no_warnings": True, "noprogress": True, "skip_download": True, "noplaylist": True,
            "logger": self._log,
            "format": "bestaudio/best", "ignore_no_formats_error": True, "check_formats": False,
            "extract_flat": "in_playlist", "lazy_playlist": True, "playlist_items": f"1-{MAXIMUM_LIST}",
            "socket_timeout": 8, "retries": 1, "extractor_retries": 1,
            "allowed_extractors": allowed,
            "extractor_args": {"youtube": youtube},
            "js_runtimes": {"deno": {"path": self._deno}} if self._deno else {},
            "remote_components": [],
            "cachedir": self._options.cache_dir or False,
            "writesubtitles": False, "writeautomaticsub": False, "getcomments": False,
        }
        if self._options.proxy:
            parameters["proxy"] = self._options.proxy
        if self._options.source_address:
            parameters["source_address"] = self._options.source_address
        return parameters
