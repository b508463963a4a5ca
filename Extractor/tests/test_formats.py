"""Choosing formats, and what leaves the worker."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from backline_extractor import formats  # noqa: E402
from backline_extractor.failures import Failure, classify  # noqa: E402


def audio(identifier, **fields):
    return {"format_id": identifier, "url": f"https://media.example/{identifier}", "vcodec": "none"} | fields


class Choice(unittest.TestCase):
    def choose(self, *candidates, now=1000):
        return formats.best_audio(list(candidates), now=now)["format_id"]

    def test_opus_comes_before_aac(self):
        self.assertEqual(self.choose(audio("140", acodec="mp4a.40.2", abr=128), audio("251", acodec="opus", abr=120)), "251")

    def test_original_language_comes_before_codec(self):
        self.assertEqual(
            self.choose(audio("251", acodec="opus", language_preference=-1),
                        audio("140", acodec="mp4a.40.2", language_preference=10)), "140")

    def test_compressed_dynamics_come_last(self):
        self.assertEqual(self.choose(audio("251-drc", acodec="opus"), audio("140", acodec="mp4a.40.2")), "140")

    def test_a_format_to_wait_for_comes_after_one_that_is_ready(self):
        self.assertEqual(
            self.choose(audio("251", acodec="opus", available_at=1100), audio("140", acodec="mp4a.40.2")), "140")
        self.assertEqual(self.choose(audio("251", acodec="opus", available_at=1100)), "251")

    def test_what_cannot_be_played_is_left_out(self):
        with self.assertRaises(Failure) as caught:
            self.choose(audio("1", acodec="none"), audio("2", acodec="opus", has_drm=True),
                        {"format_id": "3", "url": "rtmp://x", "acodec": "aac"}, "nonsense",
                        audio("4", acodec="opus", protocol="mhtml"))
        self.assertEqual(caught.exception.code, "unavailable")

    def test_video_with_sound_is_better_than_nothing(self):
        self.assertEqual(self.choose({"format_id": "18", "url": "https://x/18", "acodec": "aac", "vcodec": "avc1"}), "18")


class Plain(unittest.TestCase):
    def test_expiry_is_read_from_query_and_path(self):
        self.assertEqual(formats.expiry("https://x/videoplayback?a=1&expire=1790000000"), 1790000000)
        self.assertEqual(formats.expiry("https://x/api/expire/1790000000/ei/abc"), 1790000000)
        self.assertIsNone(formats.expiry("https://x/song.mp3?expire=soon"))
        for wrong in ("nan", "inf", "1e999", "-5"):
            self.assertIsNone(formats.expiry(f"https://x/song.mp3?expire={wrong}"))

    def test_text_is_one_bounded_printable_line(self):
        self.assertEqual(formats.text("a\n\u202eb\x00 c"), "a b c")
        self.assertEqual(len(formats.text("x" * 5000)), formats.MAXIMUM_TEXT)
        self.assertIsNone(formats.text(["not text"]))

    def test_numbers_are_finite_and_not_negative(self):
        for wrong in (float("nan"), float("inf"), -1, True, "3", None):
            self.assertIsNone(formats.number(wrong))

    def test_headers_cannot_break_a_request(self):
        found = formats.headers({"http_headers": {
            "User-Agent": "x", "Host": "h", "range": "r", "Bad\r\nName": "v", "X": "a\r\nY: b", "N": 3}})
        self.assertEqual(found, {"User-Agent": "x"})


class Classes(unittest.TestCase):
    def test_words_of_errors_become_codes(self):
        sys.path.insert(0, str(Path(__file__).resolve().parent / "stub_yt_dlp"))
        import yt_dlp
        expected = {"bot": "bot_check", "gone": "unavailable", "odd": "internal"}
        for name, words in yt_dlp.FAILURES.items():
            with self.subTest(name):
                self.assertEqual(classify(yt_dlp.DownloadError(words)).code, expected.get(name, name))

    def test_a_cause_inside_decides(self):
        error = ValueError("outer")
        error.__cause__ = OSError("private network address refused")
        self.assertEqual(classify(error).code, "private_address")


if __name__ == "__main__":
    unittest.main()
