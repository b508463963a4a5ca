// Door to libbz2.
#ifndef BACKLINE_CBZIP2_SHIM_H
#define BACKLINE_CBZIP2_SHIM_H
#include <bzlib.h>
#endif
