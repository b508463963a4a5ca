"""Private networks stay out of reach."""

import socket
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from backline_extractor.failures import Failure  # noqa: E402
from backline_extractor.guard import Guard, PrivateAddress, is_public  # noqa: E402


class Addresses(unittest.TestCase):
    def test_private_ones_in_every_spelling(self):
        for text in ("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
                     "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1",
                     "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "2001:0:1::1"):
            with self.subTest(text):
                self.assertFalse(is_public(text))

    def test_public_ones(self):
        for text in ("1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"):
            with self.subTest(text):
                self.assertTrue(is_public(text))


class Urls(unittest.TestCase):
    def test_refused_before_anything_is_sent(self):
        guard = Guard()
        cases = {
            "http://127.0.0.1/x": "private_address", "http://localhost/x": "private_address",
            "http://2130706433/": "private_address", "http://0x7f.1/": "private_address",
            "http://[::1]:80/": "private_address", "https://[::ffff:10.0.0.1]/": "private_address",
            "file:///etc/passwd": "unsupported", "ftp://example.org/": "unsupported", "http://": "unsupported",
            "http://user:word@example.org/": "unsupported", "http://[oops/": "unsupported",
            "http://x:99999999/": "unsupported", "http://" + "a" * 5000: "unsupported",
        }
        for url, code in cases.items():
            with self.subTest(url[:40]):
                with self.assertRaises(Failure) as caught:
                    guard.check_url(url)
                self.assertEqual(caught.exception.code, code)


class Sockets(unittest.TestCase):
    def test_a_connection_is_refused_whatever_the_name_says(self):
        connect, connect_ex = socket.socket.connect, socket.socket.connect_ex
        listener = socket.create_server(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        try:
            Guard().install()
            with self.assertRaises(PrivateAddress):
                socket.create_connection(("localhost", port), timeout=2)
            with self.assertRaises(PrivateAddress), socket.socket() as plain:
                plain.connect_ex(("127.0.0.1", port))
            with self.assertRaises(PrivateAddress), socket.socket(socket.AF_UNIX) as local:
                local.connect("/run/some.socket")
        finally:
            socket.socket.connect, socket.socket.connect_ex = connect, connect_ex
            listener.close()

    def test_the_configured_proxy_is_an_exception(self):
        self.assertTrue(Guard([("10.0.0.1", 3128)]).allows("10.0.0.1", 3128))
        self.assertFalse(Guard([("10.0.0.1", 3128)]).allows("10.0.0.1", 80))


if __name__ == "__main__":
    unittest.main()
