// Door to libwebsockets.
#ifndef BACKLINE_CWEBSOCKETS_SHIM_H
#define BACKLINE_CWEBSOCKETS_SHIM_H
#include <libwebsockets.h>
#endif
