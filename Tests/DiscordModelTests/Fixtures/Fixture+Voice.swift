extension Fixture {
    // swift-format-ignore
    static let voiceGateway: [String] = [
        #"{"op":8,"d":{"v":8,"heartbeat_interval":13750}}"#,
        #"{"op":2,"d":{"ssrc":12871,"ip":"127.0.0.1","port":29350,"modes":["aead_aes256_gcm_rtpsize","aead_xchacha20_poly1305_rtpsize"],"experiments":["fixed_keyframe_interval"],"streams":[]},"seq":1}"#,
        #"{"op":11,"d":{"user_ids":["1000000000000000201"]},"seq":2}"#,
        #"{"op":18,"d":{"user_id":"1000000000000000201","flags":0},"seq":3}"#,
        #"{"op":20,"d":{"user_id":"1000000000000000201","platform":0},"seq":4}"#,
        #"{"op":4,"d":{"mode":"aead_xchacha20_poly1305_rtpsize","secret_key":[0,1,2],"audio_codec":"opus","video_codec":"H264","media_session_id":"89f1d62f166b948746f7646713d39dbb","dave_protocol_version":1},"seq":5}"#,
        #"{"op":22,"d":{"transition_id":1},"seq":9}"#
    ]
}
