// Door to zlib.
#ifndef BACKLINE_CZLIB_SHIM_H
#define BACKLINE_CZLIB_SHIM_H
#include <zlib.h>
#endif
