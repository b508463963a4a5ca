import BotKit

/// Every sentence the music bot says, with its English words.
enum Phrases {
    // What the commands do
    static let joinCommand = Phrase("command.join", "Bring the bot into your voice channel")
    static let joinChannel = Phrase("command.join.channel", "Which voice channel; yours when left out")
    static let leaveCommand = Phrase("command.leave", "Stop the music and leave the voice channel")
    static let playCommand = Phrase("command.play", "Play a song, or put it in the queue")
    static let playQuery = Phrase("command.play.query", "Words to search for, a link, or a song of the library")
    static let pauseCommand = Phrase("command.pause", "Pause the song")
    static let resumeCommand = Phrase("command.resume", "Go on with the song")
    static let skipCommand = Phrase("command.skip", "Go to the next song")
    static let stopCommand = Phrase("command.stop", "Stop the music and empty the queue")
    static let seekCommand = Phrase("command.seek", "Go to a place in the song")
    static let seekPosition = Phrase("command.seek.position", "Such as 1:23, 83, +10, -10 or 1h2m3s")
    static let volumeCommand = Phrase("command.volume", "Show or set the volume")
    static let volumeLevel = Phrase("command.volume.level", "Percent, 0 to 200; 100 leaves the song as it is")
    static let queueCommand = Phrase("command.queue", "Show what comes next")
    static let queuePage = Phrase("command.queue.page", "Which page")
    static let nowPlayingCommand = Phrase("command.nowplaying", "Show the song that is playing")
    static let voiceCommand = Phrase("command.voice", "The voice connection")
    static let voiceStatusCommand = Phrase(
        "command.voice.status", "Show how the voice connection does, and the code that proves it private")

    // The voice connection
    static let statusConnected = Phrase("status.connected", "🔊 In {channel}")
    static let statusEncrypted = Phrase(
        "status.encrypted", "🔒 End-to-end encrypted (DAVE {version}), epoch {epoch}, with {members}")
    static let statusCode = Phrase(
        "status.code", "Voice privacy code: `{code}` — equal to the one in your Discord when nobody is in between")
    static let statusWaiting = Phrase(
        "status.waiting", "🔓 End-to-end encryption (DAVE {version}) begins as soon as somebody else takes part")
    static let statusPassthrough = Phrase(
        "status.passthrough", "🔓 Not end-to-end encrypted: Discord chose so for this channel")
    static let statusOff = Phrase("status.off", "🔓 Not end-to-end encrypted")
    static let statusLine = Phrase("status.line", "Latency {latency} · server {server} · {reconnects} repairs")
    static let statusUnknown = Phrase("status.unknown", "unknown")
    static let statusPackets = Phrase(
        "status.packets",
        "Packets: {sent} sent, {silent} of them silence, {late} late, {failed} refused · {starved} ticks without a frame, {held} waiting for a key"
    )
    static let statusHealing = Phrase(
        "status.healing",
        "Encryption: {epochs} epochs, {resets} resets, {recoveries} recoveries, {renewals} fresh sessions, {refused} refused messages, {undecryptable} unreadable frames"
    )

    // Joining
    static let joined = Phrase("join.done", "Joined {channel}.")
    static let moved = Phrase("join.moved", "Moved to {channel}.")
    static let alreadyThere = Phrase("join.already", "I am already in {channel}.")
    static let left = Phrase("leave.done", "Left {channel}.")
    static let notConnected = Phrase("leave.not_connected", "I am not in a voice channel.")
    static let joinFirst = Phrase("voice.join_first", "Join a voice channel first, then try again.")
    static let notAVoiceChannel = Phrase("voice.not_voice", "{channel} is not a voice channel.")
    static let otherChannel = Phrase(
        "voice.other_channel", "I am playing in {channel}. Join me there to control the music.")
    static let cannotConnect = Phrase(
        "voice.no_connect", "I may not join {channel}: I need the permissions View Channel and Connect there.")
    static let cannotSpeak = Phrase(
        "voice.no_speak", "I may not speak in {channel}: I need the permission Speak there.")
    static let audienceOnly = Phrase(
        "voice.audience",
        "I am only in the audience of {channel}. Invite me to speak, or give me the permission Mute Members there.")
    static let channelFull = Phrase("voice.full", "{channel} is full. Free a place or choose another channel.")
    static let voiceFailed = Phrase("voice.failed", "I could not join {channel}: {reason}")
    static let tooManySessions = Phrase(
        "voice.too_many", "I am playing in as many places as I can at the moment. Please try again later.")
    static let unknownGuild = Phrase(
        "voice.unknown_guild", "I do not know this server yet. Please try again in a moment.")
    static let guildOnly = Phrase("guild_only", "This works in a server only.")

    // Playing
    static let lookingUp = Phrase("play.looking_up", "🔎 Looking up **{query}** …")
    static let emptyQuery = Phrase("play.empty", "Tell me what to play: words, a link, or a song of the library.")
    static let noResult = Phrase("play.no_result", "I found nothing for **{query}**. Try other words or a link.")
    static let queueFull = Phrase("play.queue_full", "The queue is full. Let a few songs play first.")
    static let queued = Phrase("play.queued", "Added {track} · {duration} · number {position} in the queue.")
    static let queuedList = Phrase("play.queued_list", "Added **{name}** with {count} songs to the queue.")
    static let startingTrack = Phrase("play.starting", "Playing {track} · {duration}.")
    static let someoneSearch = Phrase("play.search", "Best match for **{query}**:")
    static let gaveUp = Phrase(
        "play.gave_up", "⚠️ {reason} The rest of the queue is kept; the resume button goes on with it.")
    static let trackFailed = Phrase("play.failed", "⚠️ I could not play {track}: {reason}")

    // Controlling
    static let nothingPlaying = Phrase("player.nothing", "Nothing is playing. Start something with /play.")
    static let paused = Phrase("player.paused", "Paused {track}.")
    static let alreadyPaused = Phrase("player.already_paused", "The song is already paused.")
    static let resumed = Phrase("player.resumed", "Playing {track} again.")
    static let notPaused = Phrase("player.not_paused", "The song is not paused.")
    static let skipped = Phrase("player.skipped", "Skipped {track}.")
    static let stopped = Phrase("player.stopped", "Stopped, and emptied the queue.")
    static let sought = Phrase("player.sought", "Now at {position} of {duration}.")
    static let badTime = Phrase(
        "seek.bad_time", "“{text}” is no time I understand. Write 1:23, 83, +10, -10 or 1h2m3s.")
    static let beyondEnd = Phrase("seek.beyond_end", "The song is only {duration} long.")
    static let cannotSeekLive = Phrase("seek.live", "This is a live stream; there is nothing to seek in.")
    static let volumeIs = Phrase("volume.is", "The volume is {volume} %.")
    static let volumeSet = Phrase("volume.set", "Volume set to {volume} %.")
    static let badVolume = Phrase("volume.bad", "The volume goes from 0 to 200 percent.")

    // Going away
    static let idleAlone = Phrase("idle.alone", "Everybody left {channel}, so I left too. Call me back with /play.")
    static let idleNothing = Phrase(
        "idle.nothing", "Nothing has been playing for a while, so I left {channel}. Call me back with /play.")
    static let disconnected = Phrase(
        "voice.disconnected", "I was disconnected from {channel}. The queue is kept; /join or /play brings me back.")
    static let voiceLost = Phrase(
        "voice.lost",
        "The voice connection to {channel} ended: {reason} The queue is kept; /join or /play brings me back.")

    // The panel
    static let panelTitle = Phrase("panel.now_playing", "Now playing")
    static let panelPaused = Phrase("panel.paused", "Paused")
    static let panelLoading = Phrase("panel.loading", "Loading")
    static let panelNothing = Phrase("panel.nothing", "Nothing is playing")
    static let panelHint = Phrase("panel.hint", "Start something with `/play`.")
    static let panelEnded = Phrase("panel.ended", "The music has ended")
    static let panelRequester = Phrase("panel.requester", "Requested by {user}")
    static let panelVolume = Phrase("panel.volume", "Volume {volume} %")
    static let panelNext = Phrase("panel.next", "Next: {track}")
    static let panelMore = Phrase("panel.more", "and {count} more")
    static let live = Phrase("panel.live", "LIVE")
    static let unknownLength = Phrase("panel.unknown_length", "length unknown")
    static let buttonPause = Phrase("button.pause", "Pause")
    static let buttonResume = Phrase("button.resume", "Resume")
    static let buttonSkip = Phrase("button.skip", "Skip")
    static let buttonStop = Phrase("button.stop", "Stop")
    static let buttonBack = Phrase("button.back", "10 s")
    static let buttonQueue = Phrase("button.queue", "Queue")

    // The queue
    static let queueTitle = Phrase("queue.title", "Queue")
    static let queueEmpty = Phrase("queue.empty", "The queue is empty. Add something with `/play`.")
    static let queueNow = Phrase("queue.now", "Now")
    static let queueFooter = Phrase("queue.footer", "Page {page} of {pages} · {count} songs · {duration} in all")
    static let queueFooterOpen = Phrase("queue.footer_open", "Page {page} of {pages} · {count} songs")
}
