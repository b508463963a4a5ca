// Door to libsodium.
#ifndef BACKLINE_CSODIUM_SHIM_H
#define BACKLINE_CSODIUM_SHIM_H
#include <sodium.h>
#endif
