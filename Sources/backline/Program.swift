import Glibc
import ServiceKit

/// The command line: finds the command, runs it, and turns every failure into one sentence and a status.
enum Program {
    /// The version of the program, as `--version` prints it.
    static let version = "0.1.0"

    /// Runs the command that `words` name; the process's exit status: 0 well, 1 failed, 2 not understood.
    static func run(_ words: [String]) async -> Int32 {
        var words = words
        let name = words.isEmpty ? "--help" : words.removeFirst()
        if words.contains("--help") || words.contains("-h"), let help = Help.commands[name] {
            print(help)
            return 0
        }
        do {
            switch name {
            case "run": return try await RunCommand.run(ArgumentReader(words))
            case "sandbox": return try await SandboxCommand.run(ArgumentReader(words))
            case "demo": return try await DemoCommand.run(ArgumentReader(words))
            case "migrate": return try await MigrateCommand.run(ArgumentReader(words))
            case "backup": return try await BackupCommand.run(ArgumentReader(words))
            case "restore": return try await RestoreCommand.run(ArgumentReader(words))
            case "doctor": return try await DoctorCommand.run(ArgumentReader(words))
            case "mls-vectors": return try VectorsCommand.run(ArgumentReader(words))
            case "replay": return try await ReplayCommand.run(ArgumentReader(words))
            case "--help", "-h", "help":
                print(words.first.flatMap { Help.commands[$0] } ?? Help.overview)
                return 0
            case "--version", "version":
                print("backline \(version)")
                return 0
            default:
                complain("There is no command “\(name)”. See: backline --help")
                return 2
            }
        } catch let failure as ArgumentReader.Failure {
            complain("\(failure) See: backline \(name) --help")
            return 2
        } catch {
            complain("\(error)")
            return 1
        }
    }

    /// Writes a sentence for the person at the terminal to standard error.
    static func complain(_ sentence: String) {
        var bytes = Array("backline: \(sentence)\n".utf8)
        _ = unsafe bytes.withUnsafeMutableBytes { unsafe write(2, $0.baseAddress, $0.count) }
    }
}
