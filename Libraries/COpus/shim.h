// Door to libopus: its control calls are variadic C, which Swift cannot call.
#ifndef BACKLINE_COPUS_SHIM_H
#define BACKLINE_COPUS_SHIM_H
#include <opus/opus.h>

static inline int backline_opus_encoder_set(OpusEncoder *encoder, int request, opus_int32 value) {
    return opus_encoder_ctl(encoder, request, value);
}

static inline int backline_opus_encoder_get(OpusEncoder *encoder, int request, opus_int32 *value) {
    return opus_encoder_ctl(encoder, request, value);
}
#endif
