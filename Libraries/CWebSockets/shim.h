// Door to libwebsockets: its creation structures hold dozens of fields, unions and macro constants that Swift cannot
// spell, so each thing we create gets a function. All of them are to be called on the thread that runs lws_service.
#ifndef BACKLINE_CWEBSOCKETS_SHIM_H
#define BACKLINE_CWEBSOCKETS_SHIM_H
#include <libwebsockets.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdlib.h>

// The most one poll's writable event lets through: a socket reported writable has a third of its buffer free, so a
// write of this size never leaves a rest with libwebsockets, which would stop reading while it holds one.
enum { BACKLINE_LWS_WRITE = 8192, BACKLINE_LWS_READ = 65536 };

// What lws keeps for each outgoing connection to gather a message in; longer ones come in pieces of this size.
enum { BACKLINE_LWS_CLIENT_READ = 1024 };

// Bytes that lws_write needs in front of what it writes.
static inline size_t backline_lws_headroom(void) { return LWS_PRE; }

// The two protocols of every virtual host, both answered by `callback`; lives as long as the process.
static inline const struct lws_protocols *backline_lws_protocols(lws_callback_function *callback) {
    struct lws_protocols *list = (struct lws_protocols *)calloc(3, sizeof *list);
    if (!list) return NULL;
    list[0].name = "backline-client";
    list[1].name = "backline-server";
    for (int i = 0; i < 2; i++) {
        list[i].callback = callback;
        list[i].per_session_data_size = sizeof(void *);
        list[i].rx_buffer_size = BACKLINE_LWS_READ;
    }
    list[0].rx_buffer_size = BACKLINE_LWS_CLIENT_READ;
    return list;
}

// A context without virtual hosts; `limit` 0 takes the process's limit of open files for its tables.
static inline struct lws_context *backline_lws_create_context(const struct lws_protocols *protocols, void *user,
                                                              unsigned limit) {
    struct lws_context_creation_info info;
    memset(&info, 0, sizeof info);
    info.port = CONTEXT_PORT_NO_LISTEN;
    info.protocols = protocols;
    info.user = user;
    info.pt_serv_buf_size = BACKLINE_LWS_READ;
    info.max_http_header_data2 = 16384;
    info.fd_limit_per_thread = limit;
    info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT |
                   LWS_SERVER_OPTION_VALIDATE_UTF8 | LWS_SERVER_OPTION_SKIP_SERVER_CANONICAL_NAME;
    return lws_create_context(&info);
}

// What outgoing TLS connections trust: the system's authorities and those in `ca_file` (may be NULL); NULL when that
// file is of no use. lws would make this itself, but remembers a file by its name and shares it between hosts.
static inline SSL_CTX *backline_lws_trust(const char *ca_file) {
    SSL_CTX *trust = SSL_CTX_new(TLS_client_method());
    if (!trust) return NULL;
    SSL_CTX_set_min_proto_version(trust, TLS1_2_VERSION);
    SSL_CTX_set_default_verify_paths(trust);
    // A connection that waits, as most do, gives its two buffers of 17 KB back.
    SSL_CTX_set_mode(trust, SSL_MODE_RELEASE_BUFFERS);
    int good = !ca_file || SSL_CTX_load_verify_file(trust, ca_file) == 1;
    ERR_clear_error();
    if (good) return trust;
    SSL_CTX_free(trust);
    return NULL;
}

static inline void backline_lws_trust_free(SSL_CTX *trust) { SSL_CTX_free(trust); }

// A virtual host for outgoing connections; without `trust` it knows no TLS and costs little.
static inline struct lws_vhost *backline_lws_client_vhost(struct lws_context *context,
                                                          const struct lws_protocols *protocols, SSL_CTX *trust) {
    struct lws_context_creation_info info;
    memset(&info, 0, sizeof info);
    info.port = CONTEXT_PORT_NO_LISTEN;
    info.protocols = protocols;
    info.vhost_name = "client";
    info.http_proxy_address = "none:0";  // otherwise lws takes the environment's http_proxy, even for loopback
    info.alpn = "http/1.1";
    info.provided_client_ssl_ctx = trust;
    if (trust) info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
    return lws_create_vhost(context, &info);
}

// A virtual host for accepted sockets; with `tls` it asks for its certificate by
// LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS.
static inline struct lws_vhost *backline_lws_server_vhost(struct lws_context *context,
                                                          const struct lws_protocols *protocols, int tls,
                                                          void *user) {
    struct lws_context_creation_info info;
    memset(&info, 0, sizeof info);
    info.port = CONTEXT_PORT_NO_LISTEN_SERVER;
    info.protocols = protocols;
    info.vhost_name = "server";
    info.user = user;
    info.http_proxy_address = "none:0";
    info.alpn = "http/1.1";
    if (tls) {
        info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT | LWS_SERVER_OPTION_CREATE_VHOST_SSL_CTX;
        // Never used, but lws would load the system's authorities for it.
        static SSL_CTX *no_trust;
        if (!no_trust) no_trust = SSL_CTX_new(TLS_client_method());
        info.provided_client_ssl_ctx = no_trust;
    }
    return lws_create_vhost(context, &info);
}

// Gives a server's TLS context its certificate chain and key, both PEM; 1 when both fit together.
static inline int backline_lws_use_identity(SSL_CTX *context, const char *certificate, int certificate_length,
                                            const char *key, int key_length) {
    BIO *bio = BIO_new_mem_buf(certificate, certificate_length);
    X509 *leaf = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    int good = leaf && SSL_CTX_use_certificate(context, leaf) == 1;
    X509_free(leaf);
    X509 *next;
    while (good && (next = PEM_read_bio_X509(bio, NULL, NULL, NULL))) {
        good = SSL_CTX_add1_chain_cert(context, next) == 1;
        X509_free(next);
    }
    BIO_free(bio);
    bio = BIO_new_mem_buf(key, key_length);
    EVP_PKEY *secret = bio ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;
    good = good && secret && SSL_CTX_use_PrivateKey(context, secret) == 1 && SSL_CTX_check_private_key(context) == 1;
    EVP_PKEY_free(secret);
    BIO_free(bio);
    ERR_clear_error();
    // lws would look for a virtual host of the client's server name, and take another server's of this process.
    SSL_CTX_set_tlsext_servername_callback(context, NULL);
    return good;
}

// Starts a WebSocket connection to a numeric address; `host` goes into Host, SNI and the certificate check, `key`
// comes back from lws_get_opaque_user_data.
static inline struct lws *backline_lws_connect(struct lws_context *context, struct lws_vhost *vhost,
                                               const char *address, int port, int tls, const char *host,
                                               const char *path, void *key) {
    struct lws_client_connect_info info;
    memset(&info, 0, sizeof info);
    info.context = context;
    info.vhost = vhost;
    info.address = address;
    info.port = port;
    info.ssl_connection = LCCSCF_HTTP_NO_FOLLOW_REDIRECT | (tls ? LCCSCF_USE_SSL : 0);
    info.host = host;
    info.path = path;
    info.local_protocol_name = "backline-client";
    info.ietf_version_or_minus_one = -1;
    info.alpn = "http/1.1";
    info.opaque_user_data = key;
    return lws_client_connect_via_info(&info);
}

// Why the certificate that is being verified was refused (the argument of
// LWS_CALLBACK_OPENSSL_PERFORM_SERVER_CERT_VERIFICATION).
static inline const char *backline_lws_certificate_error(void *verification) {
    return X509_verify_cert_error_string(X509_STORE_CTX_get_error((X509_STORE_CTX *)verification));
}

// Hands a listening socket to lws, which only reports when it can be accepted from.
static inline struct lws *backline_lws_adopt_listener(struct lws_vhost *vhost, int descriptor) {
    lws_sock_file_fd_type fd;
    memset(&fd, 0, sizeof fd);
    fd.filefd = descriptor;
    return lws_adopt_descriptor_vhost(vhost, LWS_ADOPT_RAW_FILE_DESC, fd, "backline-server", NULL);
}

// Hands an accepted socket to lws as a raw byte stream, behind TLS when the virtual host has it.
static inline struct lws *backline_lws_adopt_socket(struct lws_vhost *vhost, int descriptor) {
    lws_sock_file_fd_type fd;
    memset(&fd, 0, sizeof fd);
    fd.sockfd = descriptor;
    return lws_adopt_descriptor_vhost(vhost, (lws_adoption_type)(LWS_ADOPT_SOCKET | LWS_ADOPT_ALLOW_SSL), fd,
                                      "backline-server", NULL);
}

// Ends the sending direction: TLS's close notice, then TCP's FIN.
static inline void backline_lws_finish_sending(struct lws *wsi) {
    SSL *ssl = lws_get_ssl(wsi);
    if (ssl) SSL_shutdown(ssl);
    ERR_clear_error();
    shutdown(lws_get_socket_fd(wsi), SHUT_WR);
}

// Cuts the connection on the next turn of the loop, without any closing words.
static inline void backline_lws_kill(struct lws *wsi) {
    lws_set_timeout(wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
}

// Only errors, through `emit`.
static inline void backline_lws_log(void (*emit)(int level, const char *line)) { lws_set_log_level(LLL_ERR, emit); }
#endif
