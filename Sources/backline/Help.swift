/// What `--help` prints.
enum Help {
    static let overview = """
        Backline plays music in Discord voice channels, and ships a local Discord to try it in.

        Usage: ./backline COMMAND [OPTIONS]

          demo          start a local Discord with the bot in it and print the page's address; needs no account
          run           connect the bot to Discord; needs DISCORD_TOKEN
          sandbox       start only the local Discord, for your own bot or tests
          doctor        check token, libraries, workers, yt-dlp, disk and clock, and say what to mend
          mls-vectors   check the end-to-end encryption against published test vectors
          replay        say what StarCraft II replays hold; needs nothing else
          migrate       bring the database to this version, or move it to another database
          backup        write the database into a file while the bot runs
          restore       put a backup into a database

          COMMAND --help   explains one command
          --version        prints the version

        First steps:
          ./backline demo                     open the printed address, join the voice channel, type /play
          DISCORD_TOKEN=… ./backline doctor   check everything before the first real run
          DISCORD_TOKEN=… ./backline run      the same bot on Discord

        Settings are read from the environment and from a file named .env:
        \(settings)
        """

    static let commands: [String: String] = [
        "demo": """
        Usage: ./backline demo [--port N] [--guilds N] [--frames-kept N] [--json] [--check]

        Starts the local Discord, its page and the bot, and prints the page's address. Ctrl-C ends all of it.

          --port N          the page's port on 127.0.0.1 (8420 when it is free, else any)
          --guilds N        how many servers the local Discord has (1)
          --frames-kept N   packets of 20 ms that a voice channel's recording keeps per speaker (4000)
          --json            prints the addresses as one JSON line
          --check           no page: plays every song of the library, listens to what arrives, prints one JSON line,
                            and ends with status 1 unless every frame was heard once and in order
        """,
        "run": """
        Usage: DISCORD_TOKEN=… ./backline run [--until-input-ends]

        Connects the bot to Discord and stays until Ctrl-C. Invite the bot with the scopes “bot” and
        “applications.commands” and the permissions View Channels, Send Messages, Connect and Speak.

          --until-input-ends   ends with its standard input: however the program that started it ends, it does not stay

        Settings (environment, or a file named .env):
        \(settings)
        """,
        "sandbox": """
        Usage: ./backline sandbox [--port N] [--voice-port N] [--guilds N] [--frames-kept N] [--dave RULE] [--no-limits]
               [--json]

        Starts only the local Discord on 127.0.0.1: REST, gateway, voice and the page. Point any bot at the
        addresses it prints. Ctrl-C ends it.

          --port N         REST, gateway and page (any free port without it)
          --voice-port N   voice gateway, TLS (any free port without it)
          --guilds N       how many servers the local Discord has (1)
          --frames-kept N  packets of 20 ms that a voice channel's recording keeps per speaker (4000)
          --dave RULE      end-to-end encryption of voice: required (as on Discord), offered or off
          --no-limits      answers no request with 429
          --json           prints the addresses as one JSON line
        """,
        "doctor": """
        Usage: ./backline doctor [--json]

        Checks what the bot needs, one line each, with the remedy for what is wrong. Status 1 when something is.
        """,
        "mls-vectors": """
        Usage: ./backline mls-vectors FILE… [--json]

        Runs test vectors of RFC 9420 (MLS), which end-to-end encrypted voice stands on. The files are JSON as the MLS
        working group publishes them in github.com/mlswg/mls-implementations, folder test-vectors; the kind of each
        entry is found from its keys. Prints one line for each entry and a sum:

          passed        every value is as the entry says
          failed        one is not; the reason follows. The command ends with status 1
          unsupported   the entry needs what is not built in; the reason follows. Only cipher suite 2 is

          --json   prints the lines as one JSON array

        Example:
          ./backline mls-vectors welcome.json passive-client-*.json
        """,
        "replay": """
        Usage: ./backline replay FILE… [--json] [--full] [--build-order] [--events STREAM]

        Says who played, where, when, how long and who won, of replays of every version; a FILE may be a folder. A
        broken file becomes a line that says what is wrong, and status 1 at the end; the others are read all the same.

          --json           one JSON object a line
          --full           also who left, chat, orders, economy, supply blocks, spending, and the winner by who left
                           first when the replay itself does not say
          --build-order    also what was built when
          --events STREAM  every event of the stream “game”, “message” or “tracker”, one JSON object a line
        """,
        "migrate": """
        Usage: ./backline migrate [--database WHERE]
               ./backline migrate --from WHERE --to WHERE

        Brings the database to the form this version needs; every start of the bot does the same. With --from and --to
        it moves everything into another database, which must be empty, and compares counts and checksums of all tables
        afterwards. End the bot first: what changes during the move stays behind.

        WHERE is sqlite:PATH, postgres://user:password@host:5432/database, the word sqlite for the file in the data
        folder, or the word postgres for the server in BACKLINE_DATABASE_URL.

          ./backline migrate --from sqlite --to postgres
        """,
        "backup": """
        Usage: ./backline backup FILE [--database WHERE]
               ./backline backup FILE --check

        Writes all of the database, as it is at one moment, into FILE; the bot may run. The file has a form of its own,
        which both kinds of database are restored from. With --check it reads a backup to its end instead.
        """,
        "restore": """
        Usage: ./backline restore FILE [--database WHERE] [--replace]

        Checks the whole of FILE, then puts it in the place of everything in the database, in one step, and compares.
        The bot may run. Without --replace it refuses a database that has rows.
        """,
    ]

    private static var settings: String {
        let width = ProgramSettings.table.map(\.name.count).max() ?? 0
        return ProgramSettings.table.map { row in
            "  " + row.name + String(repeating: " ", count: width - row.name.count)
                + "  \(row.summary) (\(row.shownDefault))"
        }.joined(separator: "\n")
    }
}
