// Door to libcurl: its option setters and getters are variadic C, which Swift cannot call, so each kind of argument
// gets a function.
#ifndef BACKLINE_CCURL_SHIM_H
#define BACKLINE_CCURL_SHIM_H
#include <curl/curl.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

static inline CURLcode backline_curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode backline_curl_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode backline_curl_set_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode backline_curl_set_pointer(CURL *handle, CURLoption option, const void *value) {
    return curl_easy_setopt(handle, option, value);
}

typedef size_t (*backline_curl_bytes_callback)(char *bytes, size_t size, size_t count, void *context);
typedef int (*backline_curl_before_request_callback)(void *context, char *peer, char *local, int peer_port, int local_port);
typedef curl_socket_t (*backline_curl_open_socket_callback)(void *context, curlsocktype purpose, struct curl_sockaddr *address);

// The callbacks of one transfer, all with the same context.
static inline void backline_curl_set_callbacks(CURL *handle, void *context, backline_curl_bytes_callback header,
                                               backline_curl_bytes_callback body,
                                               backline_curl_before_request_callback before_request,
                                               backline_curl_open_socket_callback open_socket) {
    curl_easy_setopt(handle, CURLOPT_PRIVATE, context);
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, header);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, context);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, body);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, context);
    curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, before_request);
    curl_easy_setopt(handle, CURLOPT_PREREQDATA, context);
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, context);
}

static inline long backline_curl_get_long(CURL *handle, CURLINFO info) {
    long value = 0;
    curl_easy_getinfo(handle, info, &value);
    return value;
}
static inline curl_off_t backline_curl_get_offset(CURL *handle, CURLINFO info) {
    curl_off_t value = 0;
    curl_easy_getinfo(handle, info, &value);
    return value;
}
static inline void *backline_curl_get_private(CURL *handle) {
    char *value = NULL;
    curl_easy_getinfo(handle, CURLINFO_PRIVATE, &value);
    return value;
}
static inline CURLMcode backline_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

// Next finished transfer and its result, or NULL; `CURLMsg` holds a union.
static inline CURL *backline_curl_multi_finished(CURLM *multi, CURLcode *result) {
    int left;
    CURLMsg *message;
    while ((message = curl_multi_info_read(multi, &left))) {
        if (message->msg == CURLMSG_DONE) {
            *result = message->data.result;
            return message->easy_handle;
        }
    }
    return NULL;
}

// Copies the address that is about to be connected: returns its length, 4 or 16, or 0 for another family.
static inline int backline_curl_address_bytes(const struct curl_sockaddr *address, unsigned char bytes[16]) {
    const void *raw = &address->addr;
    if (address->family == AF_INET) {
        memcpy(bytes, &((const struct sockaddr_in *)raw)->sin_addr, 4);
        return 4;
    }
    if (address->family == AF_INET6) {
        memcpy(bytes, &((const struct sockaddr_in6 *)raw)->sin6_addr, 16);
        return 16;
    }
    return 0;
}

// The socket that libcurl would have opened itself.
static inline curl_socket_t backline_curl_open_socket(const struct curl_sockaddr *address) {
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}
#endif
