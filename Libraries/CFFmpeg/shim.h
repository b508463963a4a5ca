// Door to FFmpeg. Only media-worker opens it.
#ifndef BACKLINE_CFFMPEG_SHIM_H
#define BACKLINE_CFFMPEG_SHIM_H
#include <libavcodec/avcodec.h>
#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavformat/avformat.h>
#include <libavutil/channel_layout.h>
#include <libavutil/error.h>
#include <libavutil/opt.h>
#include <libswresample/swresample.h>
#endif
