/// The files of the sandbox's page, embedded in the program, by the path they are served at.
enum PageFiles {
    /// One file: its bytes and exact content type.
    struct File: Sendable {
        let contentType: String
        let bytes: [UInt8]
    }

    static let all: [String: File] = [
        "/": File(contentType: "text/html; charset=utf-8", bytes: PackageResources.index_html),
        "/style.css": File(contentType: "text/css; charset=utf-8", bytes: PackageResources.style_css),
        "/app.js": File(contentType: "text/javascript; charset=utf-8", bytes: PackageResources.app_js),
        "/render.js": File(contentType: "text/javascript; charset=utf-8", bytes: PackageResources.render_js),
        "/composer.js": File(contentType: "text/javascript; charset=utf-8", bytes: PackageResources.composer_js),
    ]
}
