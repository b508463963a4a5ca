// Door to zstd.
#ifndef BACKLINE_CZSTD_SHIM_H
#define BACKLINE_CZSTD_SHIM_H
#include <zstd.h>
#endif
