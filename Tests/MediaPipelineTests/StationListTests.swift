import Testing

@testable import MediaPipeline

@Suite struct StationListTests {
    private func addresses(_ text: String) -> [String]? { StationList(Array(text.utf8))?.addresses }

    @Test func listsNameTheirStreams() {
        let pls =
            "[playlist]\r\nNumberOfEntries=2\r\nFile2=http://b.example/2\r\nFile1=https://a.example/1\r\nTitle1=A\r\n"
        #expect(addresses(pls) == ["https://a.example/1", "http://b.example/2"])
        let m3u = "\u{FEFF}#EXTM3U\n#EXTINF:-1,Station\n  http://a.example/live  \n\nHTTPS://b.example/\n"
        #expect(addresses(m3u) == ["http://a.example/live", "HTTPS://b.example/"])
    }

    @Test func whatIsNoListOrLeadsNowhereIsNone() {
        #expect(addresses("#EXTM3U\n#EXT-X-TARGETDURATION:4\nhttp://a.example/1.ts\n") == nil)
        #expect(addresses("#EXTM3U\nfile:///etc/passwd\nsong.mp3\n") == nil)
        #expect(addresses("[playlist]\nFile1=/etc/passwd\nFileX=http://a.example\n") == nil)
        #expect(addresses("") == nil)
        #expect(StationList([0x23, 0, 0x0A] + Array("http://a.example".utf8)) == nil)
        #expect(StationList([UInt8](repeating: 0x23, count: StationList.maximumBytes + 1)) == nil)
        let long = (0..<100).map { "http://a.example/\($0)\n" }.joined()
        #expect(addresses(long)?.count == StationList.maximumAddresses)
    }

    @Test func typeOrNameTellALookWorthwhile() {
        #expect(StationList.mayBe(contentType: "audio/x-scpls; charset=utf-8", url: "http://a.example/listen"))
        #expect(StationList.mayBe(contentType: nil, url: "http://a.example/Radio.M3U?x=1"))
        #expect(!StationList.mayBe(contentType: "audio/mpeg", url: "http://a.example/a.mp3?list.pls"))
        #expect(!StationList.mayBe(contentType: "application/vnd.apple.mpegurl", url: "http://a.example/a.m3u8"))
    }
}
