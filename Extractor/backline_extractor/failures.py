"""What can go wrong, as a code for the program and a sentence for people."""

import re

SENTENCES = {
    "unavailable": "That song is not available any more.",
    "private": "That song is private.",
    "age": "That song is age-restricted and needs a signed-in adult.",
    "region": "That song is not offered in this country.",
    "bot_check": "The site wants proof that this machine is not a robot.",
    "refused": "The site refused to deliver the audio.",
    "network": "The site did not answer as it should.",
    "unsupported": "This address is of no site that is supported.",
    "private_address": "The address leads into a private network.",
    "timeout": "The answer took too long.",
    "missing": "yt-dlp is not installed. Install the pinned requirements with `backline doctor` as a guide.",
    "bad_request": "The request is not understood.",
    "internal": "Looking the song up failed.",
}


class Failure(Exception):
    """A failure that is told to the caller by its code."""

    def __init__(self, code, detail=""):
        super().__init__(detail or SENTENCES[code])
        self.code = code
        self.detail = detail

    def message(self):
        """The error as it travels."""
        return {"code": self.code, "sentence": SENTENCES[self.code]}


class DeadlineExceeded(BaseException):
    """The request's time is over. Not an Exception, so that no extractor swallows it."""


# The first pattern that matches the words of the error decides.
_PATTERNS = [
    ("private_address", r"private network address refused"),
    ("bot_check", r"not a bot|captcha|HTTP Error 429|too many requests|unusual traffic"),
    ("age", r"confirm your age|age.?restricted|inappropriate for some users|verify your age|age.?verification"),
    ("region", r"not (made )?(this video )?available (in|from) your (country|location|region)|geo.?restrict|"
               r"blocked it in your country|available in your country"),
    ("private", r"private video|video is private|is private|private (playlist|track|album)|members.only|"
                r"join this channel|requires? (a )?(purchase|payment|subscription)|login required|sign in if"),
    ("refused", r"HTTP Error 403|forbidden"),
    ("unavailable", r"unavailable|not available|no longer available|been removed|does not exist|terminated|"
                    r"HTTP Error (404|410)|not found|no video formats|requested format|deleted|"
                    r"(live event|premiere)s? (will begin|in)|this live event has ended|drm"),
    ("unsupported", r"unsupported url|no suitable extractor|is not a valid url"),
    ("network", r"timed out|timeout|connection|unable to (download|connect)|urlopen|HTTP Error 5\d\d|resolve|"
                r"name or service|temporary failure|ssl|remote end|incomplete|network|reset by peer|proxy"),
]
_PATTERNS = [(code, re.compile(pattern, re.IGNORECASE)) for code, pattern in _PATTERNS]


def classify(error):
    """The failure behind any exception of an extraction."""
    if isinstance(error, Failure):
        return error
    seen = set()
    texts = []
    cause = error
    while cause is not None and id(cause) not in seen and len(seen) < 10:
        seen.add(id(cause))
        if isinstance(cause, Failure):
            return cause
        name = type(cause).__name__
        if name == "GeoRestrictedError":
            return Failure("region", str(cause))
        if name == "UnsupportedError":
            return Failure("unsupported", str(cause))
        texts.append(f"{name}: {cause}")
        info = getattr(cause, "exc_info", None)
        cause = cause.__cause__ or (info[1] if info and len(info) > 1 else None) or cause.__context__
    words = "\n".join(texts)[:4000]
    for code, pattern in _PATTERNS:
        if pattern.search(words):
            return Failure(code, words)
    return Failure("internal", words)
