import Testing

@testable import Networking

@Suite struct URLPolicyTests {
    @Test(arguments: [
        "file:///etc/passwd", "ftp://example.com/", "gopher://example.com/", "dict://example.com/", "ws://example.com/",
        "http://127.0.0.1/", "http://127.0.0.1:8080/x", "http://0.0.0.0/", "http://0/", "http://10.1.2.3/",
        "http://172.16.0.1/", "http://172.31.255.255/", "http://192.168.1.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://100.64.0.1/", "http://[::1]/", "http://[::]/", "http://[fc00::1]/", "http://[fd12::1]/",
        "http://[fe80::1]/",
        "http://[fe80::1%25eth0]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://[::ffff:8.8.8.8]/",
        "http://[64:ff9b::7f00:1]/", "http://[64:ff9b::a9fe:a9fe]/", "http://2130706433/", "http://0x7f000001/",
        "http://017700000001/", "http://0177.0.0.1/", "http://0x7f.1/", "http://127.1/", "http://127.0.1/",
        "http://3232235777/", "http://0xA9FEA9FE/", "http://0251.0376.0251.0376/", "http://127.0.0.1./",
        "http://localhost/", "http://LOCALHOST/", "http://localhost./", "http://foo.localhost/", "http://intranet/",
        "http://metadata.google.internal/", "http://printer.local/", "http://router.lan/",
        "http://example.com@127.0.0.1/", "http://127.0.0.1@example.com/", "http://user:secret@example.com/",
        "http://example.com:80@10.0.0.1/", "http://example.com:22/", "http://example.com:6379/",
        "http://example.com:25/",
    ])
    func refuses(_ url: String) {
        #expect {
            try URLPolicy.publicInternet.check(url)
        } throws: { error in
            guard case NetworkError.forbidden = error else { return false }
            return true
        }
    }

    @Test(arguments: [
        "", "http://", "http:///", "example.com", "http://exa mple.com/", "http://example.com\\@127.0.0.1/",
        "http://example.com\n/", "http://example.com/\r\nHost: x", "http://[::1/", "http://example.com:99999/", "//x/y",
        "http://" + String(repeating: "a", count: 9000), "http://2130706%33/", "http://0x7f.0.0.%31/",
    ])
    func refusesWhatIsNoURL(_ url: String) {
        #expect {
            try URLPolicy.publicInternet.check(url)
        } throws: { error in
            guard case NetworkError.invalidURL = error else { return false }
            return true
        }
    }

    @Test(arguments: [
        "http://example.com/", "https://example.com/a?b=c#d", "HTTPS://EXAMPLE.COM", "http://example.com:8000/live",
        "https://example.com/@user/x", "http://1.1.1.1/", "http://[2606:4700::1111]/", "https://example.com./",
        "https://example.com/?u=http://127.0.0.1/", "https://bücher.example/",
    ])
    func allows(_ url: String) throws {
        try URLPolicy.publicInternet.check(url)
    }

    @Test func takesExactExceptionsOnly() throws {
        var policy = URLPolicy.publicInternet
        policy.allowedPrivateHosts = ["127.0.0.1:8080", "[::1]:80", "songs.lan:80"]
        try policy.check("http://127.0.0.1:8080/x")
        try policy.check("http://0x7f.1:8080/x")
        try policy.check("http://[::1]/")
        try policy.check("http://songs.lan/")
        for url in [
            "http://127.0.0.1/", "http://127.0.0.1:8081/", "http://127.0.0.2:8080/", "http://localhost:8080/",
            "http://[::1]:81/", "https://songs.lan/", "ftp://127.0.0.1:8080/", "http://a.songs.lan/",
        ] {
            #expect(throws: NetworkError.self) { try policy.check(url) }
        }
    }

    @Test func openPolicyStillFetchesOnlyHTTP() throws {
        try URLPolicy.any.check("http://127.0.0.1:1/")
        #expect(throws: NetworkError.self) { try URLPolicy.any.check("file:///etc/passwd") }
    }

    @Test func errorsHoldNoPartOfTheAddress() {
        for url in ["http://user:hunter2@10.1.2.3/secret?token=abc", "http://10.1.2.3/", "http://a b/hunter2"] {
            do {
                try URLPolicy.publicInternet.check(url)
                Issue.record("allowed")
            } catch {
                for secret in ["hunter2", "10.1.2.3", "abc"] { #expect(!"\(error)".contains(secret)) }
            }
        }
    }

    @Test func takesURLsApart() throws {
        let url = try ParsedURL("HTTPS://Example.COM:8443/a/../b c?q=ü#frag")
        #expect(url.scheme == "https" && url.host == "example.com" && url.port == 8443)
        #expect(url.target == "/b%20c?q=%c3%bc")
        #expect(try ParsedURL("wss://x.example").port == 443)
        #expect(try ParsedURL("http://[2001:DB8::1]:90/").authority == "[2001:db8::1]:90")
    }

    @Test(arguments: [
        ("/x", "http://a.example/x"), ("x", "http://a.example/d/x"), ("?q", "http://a.example/d/e?q"),
        ("//b.example/y", "http://b.example/y"), ("https://c.example/", "https://c.example/"),
        ("../..//z", "http://a.example//z"),
    ])
    func resolvesReferences(_ reference: String, _ expected: String) throws {
        #expect(try ParsedURL("http://a.example/d/e?f").resolving(reference).text == expected)
    }
}
