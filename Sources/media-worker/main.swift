import CFFmpeg
import CSystem
import Glibc

// Arguments: [--certificate-authority FILE]. Everything else comes through the standard input.
signal(SIGPIPE, SIG_IGN)
signal(SIGINT, SIG_IGN)
av_log_set_level(AV_LOG_QUIET)
// A thread for each song comes and goes; with an arena of its own each would keep its largest song's memory.
backline_limit_malloc_arenas(2)

var authority: String?
if CommandLine.arguments.count == 3, CommandLine.arguments[1] == "--certificate-authority" {
    authority = CommandLine.arguments[2]
} else if CommandLine.arguments.count > 1 {
    complain("media-worker is started by backline. Usage: media-worker [--certificate-authority FILE]")
    exit(64)
}
exit(WorkerProcess(certificateAuthorityFile: authority).run())
