// Door to FFmpeg. Only media-worker opens it. libavfilter stays out: it drags in OpenCL and Vulkan, and nothing needs it.
#ifndef BACKLINE_CFFMPEG_SHIM_H
#define BACKLINE_CFFMPEG_SHIM_H
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/aes.h>
#include <libavutil/channel_layout.h>
#include <libavutil/error.h>
#include <libavutil/opt.h>
#include <libswresample/swresample.h>

// Error numbers are macros made of macros, which Swift does not import.
static inline int backline_error_eof(void) { return AVERROR_EOF; }
static inline int backline_error_exit(void) { return AVERROR_EXIT; }
static inline int backline_error_invalid_data(void) { return AVERROR_INVALIDDATA; }
static inline int64_t backline_no_timestamp(void) { return AV_NOPTS_VALUE; }

// The planes of a frame as swr_convert wants them; a frame of NULL takes out what the resampler still holds.
static inline int backline_resample(SwrContext *resampler, float *output, int capacity, const AVFrame *frame) {
    uint8_t *planes[1] = {(uint8_t *)output};
    return swr_convert(resampler, planes, capacity, frame ? (const uint8_t **)frame->extended_data : NULL,
                       frame ? frame->nb_samples : 0);
}

// A resampler from the frame's format to 48 kHz stereo floats; a single channel goes to both sides at its own level.
static inline SwrContext *backline_resampler(const AVFrame *frame) {
    AVChannelLayout stereo = AV_CHANNEL_LAYOUT_STEREO, source = {0};
    SwrContext *resampler = NULL;
    if (frame->ch_layout.order == AV_CHANNEL_ORDER_UNSPEC)
        av_channel_layout_default(&source, frame->ch_layout.nb_channels);
    else if (av_channel_layout_copy(&source, &frame->ch_layout) < 0)
        return NULL;
    if (source.nb_channels == 1) {
        av_channel_layout_uninit(&source);
        av_channel_layout_default(&source, 1);
    }
    int failed = swr_alloc_set_opts2(&resampler, &stereo, AV_SAMPLE_FMT_FLT, 48000, &source, frame->format,
                                     frame->sample_rate, 0, NULL);
    const double both[2] = {1, 1};
    if (failed >= 0 && source.nb_channels == 1) failed = swr_set_matrix(resampler, both, 1);
    if (failed >= 0) {
        av_opt_set_int(resampler, "filter_size", 32, 0);
        av_opt_set_double(resampler, "cutoff", 0.97, 0);
        av_opt_set_double(resampler, "rematrix_maxval", 1.0, 0);
        failed = swr_init(resampler);
    }
    av_channel_layout_uninit(&source);
    if (failed < 0) swr_free(&resampler);
    return resampler;
}
#endif
