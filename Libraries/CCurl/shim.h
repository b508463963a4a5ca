// Door to libcurl: its option setters are variadic C, which Swift cannot call, so each kind of argument gets a function.
#ifndef BACKLINE_CCURL_SHIM_H
#define BACKLINE_CCURL_SHIM_H
#include <curl/curl.h>

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
#endif
